package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** What becomes of a record on its way to Kafka when bytes and headers go astray. The same seed does the same. */
final class NativeRecordMutator {

    private static final int LONGEST_PIECE = 12;

    private static final List<String> TOKENS = List.of(
            "|", ".", "/", "0", "2", "-1", "9007199254740991", "99999999999999999999", "true", "[", "]", "\r\n", "\0");

    private final Random random;

    NativeRecordMutator(Random random) {
        this.random = random;
    }

    /** The record with one thing wrong. */
    ProducerRecord<byte[], byte[]> mutate(ProducerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        byte[] value = record.value();
        List<Header> headers = new ArrayList<>(Arrays.asList(record.headers().toArray()));
        switch (random.nextInt(8)) {
            case 0 -> key = mutated(key);
            case 1, 2 -> value = mutated(value);
            case 3 -> headers.clear();
            default -> mutate(headers);
        }
        return new ProducerRecord<>(record.topic(), record.partition(), key, value, headers);
    }

    private void mutate(List<Header> headers) {
        if (headers.isEmpty()) {
            return;
        }
        int at = random.nextInt(headers.size());
        Header header = headers.get(at);
        switch (random.nextInt(5)) {
            case 0 -> headers.remove(at);
            case 1 -> headers.add(header);
            case 2 ->
                headers.set(
                        at, new RecordHeader(header.key(), headers.getFirst().value()));
            default -> headers.set(at, new RecordHeader(header.key(), mutated(header.value())));
        }
    }

    private byte @Nullable [] mutated(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0) {
            return token();
        }
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(LONGEST_PIECE));
        return switch (random.nextInt(8)) {
            case 0 -> spliced(bytes, from, from + 1, new byte[] {(byte) random.nextInt(256)});
            case 1 -> spliced(bytes, from, to, new byte[0]);
            case 2 -> spliced(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
            case 3 -> spliced(bytes, from, from, token());
            case 4 -> Arrays.copyOf(bytes, from);
            case 5 -> Arrays.copyOf(bytes, 1);
            case 6 -> token();
            default -> random.nextInt(4) == 0 ? null : new byte[0];
        };
    }

    private byte[] token() {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(UTF_8);
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] insertion) {
        ByteArrayOutputStream spliced = new ByteArrayOutputStream();
        spliced.write(bytes, 0, from);
        spliced.writeBytes(insertion);
        spliced.write(bytes, to, bytes.length - to);
        return spliced.toByteArray();
    }
}
