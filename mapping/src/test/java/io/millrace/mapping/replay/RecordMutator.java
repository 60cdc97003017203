package io.millrace.mapping.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What becomes of a record when its bytes and headers go astray. The same seed does the same. */
final class RecordMutator {

    private static final int LONGEST_PIECE = 12;

    /** What may stand in a record of ours, where it does not belong. */
    private static final List<String> TOKENS = List.of(
            "|",
            ".",
            "/",
            "//",
            "__ds/setup",
            "g.1",
            "0",
            "1",
            "2",
            "-1",
            "00",
            "2147483648",
            "9007199254740991",
            "9007199254740992",
            "99999999999999999999",
            "true",
            "append",
            "delete",
            "setup",
            "shared",
            "text/plain",
            "application/json",
            "2030-01-01T00:00:00Z",
            "[",
            "]",
            "[1,2]",
            "{\"n\":1}",
            "\r\n",
            " ",
            "\u0000",
            "\uFFFD");

    private static final List<String> NAMES = List.of(
            "ds-v",
            "ds-op",
            "ds-time",
            "ds-inc",
            "ds-producer",
            "ds-epoch",
            "ds-seq",
            "ds-stream-seq",
            "ds-closed",
            "ds-count",
            "ds-content-type",
            "ds-ttl",
            "ds-expires-at",
            "ds-kind",
            "ds-partitions",
            "ds-prefix",
            "ds-fork-source",
            "ds-fork-source-inc",
            "ds-fork-position",
            "ds-fork-tag",
            "ds-fork-partial",
            "ds-fork-offset",
            "ds-fork-sub-offset",
            "ds-fork-expiry",
            "ds-fork-ref",
            "ds-fork-time",
            "ds-fork-path",
            "ds-",
            "Ds-v",
            "traceparent");

    private final Random random;

    RecordMutator(Random random) {
        this.random = random;
    }

    /** The record with one thing wrong, or two that make it right again. */
    LogRecord mutate(LogRecord record) {
        return switch (random.nextInt(8)) {
            case 0 -> with(record, mutated(record.key()), record.headers(), record.value());
            case 1, 2 -> with(record, record.key(), record.headers(), mutated(record.value()));
            default -> with(record, record.key(), mutated(record.headers()), record.value());
        };
    }

    private static LogRecord with(
            LogRecord record, byte @Nullable [] key, List<Header> headers, byte @Nullable [] value) {
        return new LogRecord(record.offset(), record.timestampMillis(), key, headers, value);
    }

    private List<Header> mutated(List<Header> headers) {
        List<Header> mutated = new ArrayList<>(headers);
        if (mutated.isEmpty()) {
            mutated.add(new Header(pick(NAMES), token()));
            return mutated;
        }
        int at = random.nextInt(mutated.size());
        Header header = mutated.get(at);
        switch (random.nextInt(8)) {
            case 0 -> mutated.remove(at);
            case 1 -> mutated.add(header);
            case 2 -> mutated.add(new Header(pick(NAMES), token()));
            case 3 -> mutated.set(at, new Header(pick(NAMES), header.value()));
            case 4 -> mutated.set(at, new Header(header.name(), token()));
            case 5 -> mutated.set(at, new Header(header.name(), pick(headers).value()));
            case 6 -> Collections.shuffle(mutated, random);
            default -> mutated.set(at, new Header(header.name(), mutated(header.value())));
        }
        if (random.nextInt(20) == 0) {
            mutated.clear();
        }
        return mutated;
    }

    private byte @Nullable [] mutated(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0) {
            return random.nextInt(3) == 0 ? null : token();
        }
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(LONGEST_PIECE));
        return switch (random.nextInt(9)) {
            case 0 -> spliced(bytes, from, from + 1, new byte[] {(byte) random.nextInt(256)});
            case 1 -> spliced(bytes, from, from + 1, new byte[] {(byte) (bytes[from] ^ 1 << random.nextInt(8))});
            case 2 -> spliced(bytes, from, to, new byte[0]);
            case 3 -> spliced(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
            case 4 -> spliced(bytes, from, from, token());
            case 5 -> Arrays.copyOf(bytes, from);
            case 6 -> Arrays.copyOf(bytes, 1);
            case 7 -> token();
            default -> random.nextInt(4) == 0 ? null : new byte[0];
        };
    }

    private byte[] token() {
        return pick(TOKENS).getBytes(UTF_8);
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] insertion) {
        ByteArrayOutputStream spliced = new ByteArrayOutputStream();
        spliced.write(bytes, 0, from);
        spliced.writeBytes(insertion);
        spliced.write(bytes, to, bytes.length - to);
        return spliced.toByteArray();
    }
}
