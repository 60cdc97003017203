package io.millrace.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.history.FinalRead;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The streams that a partition holds, by docs/adr/0001-record-format-1.md and by none of the gateway's code: what the
 * clients of this package write, without forks, expiry and initial data.
 */
public final class LogStreams {

    private static final long TAGS = 9_999_999_999_999_999L;

    private final Map<String, Long> counters = new HashMap<>();
    private final Map<String, Life> standing = new HashMap<>();
    private final List<FinalRead> ended = new ArrayList<>();
    private final TreeSet<String> paths = new TreeSet<>();

    private LogStreams() {}

    /** A record of Millrace's. */
    public record Entry(long offset, String key, Map<String, String> headers, String value) {

        private String path() {
            return key.substring(0, key.lastIndexOf('|'));
        }

        private String operation() {
            return key.substring(key.lastIndexOf('|') + 1);
        }

        private String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** One life of a path. */
    private static final class Life {
        private final String id;
        private final List<String> messages = new ArrayList<>();
        private final Map<String, long[]> producers = new HashMap<>();
        private String streamSeq = "";
        private long position;
        private boolean isClosed;

        private Life(String id, long position) {
            this.id = id;
            this.position = position;
        }

        private FinalRead.Stream stream() {
            return new FinalRead.Stream(messages, "%016d_%016d".formatted(position, tag(id)), isClosed);
        }

        /** Notes the producer and the Stream-Seq of a record, unless they make it void. */
        private boolean accepts(Entry entry) {
            if (isClosed) {
                return false;
            }
            long[] next = null;
            String producer = entry.header("ds-producer");
            if (!producer.isEmpty()) {
                next = new long[] {Long.parseLong(entry.header("ds-epoch")), Long.parseLong(entry.header("ds-seq"))};
                if (!follows(next, producers.get(producer))) {
                    return false;
                }
            }
            String seq = entry.header("ds-stream-seq");
            if (!seq.isEmpty() && seq.compareTo(streamSeq) <= 0) {
                return false;
            }
            if (next != null) {
                producers.put(producer, next);
            }
            streamSeq = seq.isEmpty() ? streamSeq : seq;
            return true;
        }

        private static boolean follows(long[] next, long @Nullable [] last) {
            if (last == null || next[0] > last[0]) {
                return next[1] == 0;
            }
            return next[0] == last[0] && next[1] == last[1] + 1;
        }
    }

    /**
     * What the records of a partition come to.
     *
     * @param standing per path the stream that stands at the end, or none
     * @param ended the earlier lives of paths
     */
    public record Streams(List<FinalRead> standing, List<FinalRead> ended) {}

    /** The streams in {@code entries}, which are all of a partition in their order. */
    public static Streams in(List<Entry> entries) {
        LogStreams streams = new LogStreams();
        entries.forEach(streams::replay);
        List<FinalRead> standing = streams.paths.stream()
                .map(path -> new FinalRead(
                        "log",
                        "/" + path,
                        Optional.ofNullable(streams.standing.get(path)).map(Life::stream)))
                .toList();
        return new Streams(standing, List.copyOf(streams.ended));
    }

    private void replay(Entry entry) {
        String path = entry.path();
        if (path.startsWith("__ds/") || !isNew(entry.operation())) {
            return;
        }
        paths.add(path);
        Life life = standing.get(path);
        String op = entry.header("ds-op");
        if (op.equals("create") && life == null) {
            life = new Life(entry.operation(), entry.offset());
            life.isClosed = !entry.header("ds-closed").isEmpty();
            standing.put(path, life);
            return;
        }
        if (life == null || !life.id.equals(entry.header("ds-inc"))) {
            return;
        }
        if (op.equals("append") && life.accepts(entry)) {
            life.messages.addAll(Workload.formatOf(path).stored(entry.value()));
            life.position = entry.offset() + 1;
            life.isClosed = !entry.header("ds-closed").isEmpty();
        } else if (op.equals("close") && life.accepts(entry)) {
            life.isClosed = true;
        } else if (op.equals("delete")) {
            ended.add(new FinalRead("log", "/" + path, Optional.of(life.stream())));
            standing.remove(path);
        }
    }

    private boolean isNew(String operation) {
        int dot = operation.indexOf('.');
        String gateway = operation.substring(0, dot);
        long counter = Long.parseLong(operation.substring(dot + 1));
        long last = counters.getOrDefault(gateway, 0L);
        counters.put(gateway, Math.max(last, counter));
        return counter > last;
    }

    private static long tag(String operation) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(operation.getBytes(UTF_8));
            return 1 + Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), TAGS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
