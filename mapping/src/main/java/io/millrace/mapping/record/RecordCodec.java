package io.millrace.mapping.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Operations to records and back, format version 1 (docs/adr/0001). Names and grammar are stored: never change. */
public final class RecordCodec {

    /** The format version that this build writes, and the highest that it reads. */
    public static final int VERSION = 1;

    /** The path under which a topic's setup stands; no client can name it. */
    public static final StreamPath SETUP_PATH = StreamPath.of("__ds/setup");

    /** The path under which a partition's checkpoints stand. */
    public static final StreamPath CHECKPOINT_PATH = StreamPath.of("__ds/checkpoint");

    /** The path under which it stands from where on a partition is whole. */
    public static final StreamPath THIN_TO_PATH = StreamPath.of("__ds/thin-to");

    private static final char KEY_SEPARATOR = '|';
    private static final String PREFIX = "ds-";
    private static final String V = "ds-v";
    private static final String OP = "ds-op";
    private static final String TIME = "ds-time";
    private static final String INC = "ds-inc";
    private static final String PRODUCER = "ds-producer";
    private static final String EPOCH = "ds-epoch";
    private static final String SEQ = "ds-seq";
    private static final String STREAM_SEQ = "ds-stream-seq";
    private static final String CLOSED = "ds-closed";
    private static final String COUNT = "ds-count";
    private static final String CONTENT_TYPE = "ds-content-type";
    private static final String TTL = "ds-ttl";
    private static final String EXPIRES_AT = "ds-expires-at";
    private static final String PARTITIONS = "ds-partitions";
    private static final String TOPIC_PREFIX = "ds-prefix";

    private static final String FORK_PATH = "ds-fork-path";
    private static final String FORK_SOURCE = "ds-fork-source";
    private static final String FORK_SOURCE_INC = "ds-fork-source-inc";
    private static final String FORK_POSITION = "ds-fork-position";
    private static final String FORK_TAG = "ds-fork-tag";
    private static final String FORK_PARTIAL = "ds-fork-partial";
    private static final String FORK_OFFSET = "ds-fork-offset";
    private static final String FORK_SUB_OFFSET = "ds-fork-sub-offset";
    private static final String FORK_EXPIRY = "ds-fork-expiry";
    private static final String FORK_REF = "ds-fork-ref";
    private static final String FORK_TIME = "ds-fork-time";

    private static final String AS_OF = "ds-as-of";
    private static final String WRITER = "ds-writer";
    private static final String PARTS = "ds-parts";
    private static final String CHECKSUM = "ds-checksum";
    private static final String RULES = "ds-rules";
    private static final String LOG_TIME = "ds-log-time";
    private static final String LEADER_EPOCH = "ds-leader-epoch";
    private static final String DEAD = "ds-dead";
    private static final String THIN_TO = "ds-thin-to";

    /** The judge's rules that checkpoints of this build rest on, and the only ones that it takes up. */
    private static final int KNOWN_RULES = 1;

    private static final Pattern WRITER_NAME = Pattern.compile("[a-z0-9.]{1,64}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    private static final String INHERITED = "inherited";
    private static final String KIND = "ds-kind";
    private static final String SHARED = "shared";

    /*
     * The headers of every record, and of each operation besides. A build stops at what it does not know, so that none
     * judges half of what another wrote.
     */
    private static final Set<String> COMMON = Set.of(V, OP, TIME);

    /** Those of a create that only a fork's has. */
    private static final Set<String> FORK = Set.of(
            FORK_SOURCE,
            FORK_SOURCE_INC,
            FORK_POSITION,
            FORK_TAG,
            FORK_PARTIAL,
            FORK_OFFSET,
            FORK_SUB_OFFSET,
            FORK_EXPIRY,
            FORK_REF,
            FORK_TIME);

    private static final Map<String, Set<String>> HEADERS = Map.ofEntries(
            Map.entry("setup", Set.of(KIND, PARTITIONS, TOPIC_PREFIX)),
            Map.entry("create", union(Set.of(CONTENT_TYPE, TTL, EXPIRES_AT, CLOSED, COUNT), FORK)),
            Map.entry("append", Set.of(INC, PRODUCER, EPOCH, SEQ, STREAM_SEQ, CLOSED, COUNT)),
            Map.entry("close", Set.of(INC, PRODUCER, EPOCH, SEQ)),
            Map.entry("delete", Set.of(INC)),
            Map.entry("expire", Set.of(INC)),
            Map.entry("touch", Set.of(INC)),
            Map.entry("fork-ref", Set.of(INC, FORK_PATH)),
            Map.entry("fork-unref", Set.of(INC, FORK_REF)),
            Map.entry("fork-cancel", Set.of(FORK_REF, FORK_TIME)),
            Map.entry("checkpoint", Set.of(AS_OF, WRITER, PARTS, CHECKSUM, RULES, LOG_TIME, LEADER_EPOCH, DEAD)),
            Map.entry("thin-to", Set.of(THIN_TO)));

    /** Where operations on a partition stand; all others stand on a path that clients can name. */
    private static final Map<String, StreamPath> RESERVED_PATHS =
            Map.of("setup", SETUP_PATH, "checkpoint", CHECKPOINT_PATH, "thin-to", THIN_TO_PATH);

    private static final Set<String> WITH_PAYLOAD = Set.of("create", "append");

    /** The latest time that a record can name, epoch milliseconds: sums of times stay far from overflow. */
    public static final long LAST_MILLIS = ProducerStamp.MAX;

    /** The highest position that a fork can begin at: there is room above it in an offset token. */
    private static final long LAST_FORK_POSITION = ProducerStamp.MAX;

    private RecordCodec() {}

    /**
     * A record as it is handed to Kafka.
     *
     * @param value never null: null would be a tombstone
     */
    @SuppressWarnings("ArrayRecordComponent") // carries what Kafka is given; nothing compares two of them
    public record Encoded(byte[] key, List<Header> headers, byte[] value) {

        /** An upper bound of what Kafka stores for it, in bytes. */
        public int size() {
            int size = key.length + value.length + 32;
            for (Header header : headers) {
                byte[] text = header.value();
                size += header.name().length() + (text == null ? 0 : text.length) + 10;
            }
            return size;
        }
    }

    /** The record that says {@code sent}. */
    public static Encoded encode(Sent sent) {
        Writer headers = new Writer();
        headers.put(V, Integer.toString(VERSION));
        byte[] value = Payload.NONE.value();
        switch (sent.operation()) {
            case Operation.Setup(int partitions, String prefix) -> {
                headers.put(OP, "setup");
                headers.put(KIND, SHARED);
                headers.put(PARTITIONS, Integer.toString(partitions));
                headers.put(TOPIC_PREFIX, prefix);
            }
            case Operation.Create(StreamConfiguration configuration, Payload payload, boolean closed) -> {
                headers.put(OP, "create");
                headers.put(CONTENT_TYPE, configuration.contentType().text());
                switch (configuration.expiry()) {
                    case Expiry.Never() -> {}
                    case Expiry.Sliding(Duration window) -> headers.put(TTL, Long.toString(window.toSeconds()));
                    case Expiry.Absolute(Instant at) -> headers.put(EXPIRES_AT, at.toString());
                }
                headers.closed(closed);
                value = headers.payload(payload);
                configuration.origin().ifPresent(headers::origin);
            }
            case Operation.Append append -> {
                headers.put(OP, "append");
                headers.put(INC, append.incarnation().id());
                append.producer().ifPresent(headers::producer);
                append.streamSeq().ifPresent(seq -> headers.put(STREAM_SEQ, seq));
                headers.closed(append.closes());
                value = headers.payload(append.payload());
            }
            case Operation.Close(Incarnation incarnation, Optional<ProducerStamp> producer) -> {
                headers.put(OP, "close");
                headers.put(INC, incarnation.id());
                producer.ifPresent(headers::producer);
            }
            case Operation.Delete(Incarnation incarnation) -> headers.on("delete", incarnation);
            case Operation.Expire(Incarnation incarnation) -> headers.on("expire", incarnation);
            case Operation.Touch(Incarnation incarnation) -> headers.on("touch", incarnation);
            case Operation.ForkRef(Incarnation incarnation, StreamPath fork) -> {
                headers.on("fork-ref", incarnation);
                headers.put(FORK_PATH, fork.text());
            }
            case Operation.ForkUnref(Incarnation incarnation, String reference) -> {
                headers.on("fork-unref", incarnation);
                headers.put(FORK_REF, reference);
            }
            case Operation.ForkCancel(String reference, long timeMillis) -> {
                headers.put(OP, "fork-cancel");
                headers.put(FORK_REF, reference);
                headers.put(FORK_TIME, Long.toString(timeMillis));
            }
            case Operation.Checkpoint checkpoint -> headers.checkpoint(checkpoint);
            case Operation.ThinTo(long below) -> {
                headers.put(OP, "thin-to");
                headers.put(THIN_TO, Long.toString(below));
            }
        }
        headers.put(TIME, Long.toString(sent.timeMillis()));
        byte[] key = (sent.path().text() + KEY_SEPARATOR + sent.id().text()).getBytes(UTF_8);
        return new Encoded(key, headers.list, value);
    }

    /** What {@code record} says. */
    public static Decoded decode(LogRecord record) {
        List<Header> ours = record.headers().stream()
                .filter(header -> header.name().startsWith(PREFIX))
                .toList();
        if (ours.isEmpty()) {
            return new Decoded.Foreign();
        }
        try {
            // The version comes first, by itself: whatever else is odd about a record of a higher one is not for us to
            // judge.
            long version = new Reader(only(ours, V)).number(V, 1, Integer.MAX_VALUE);
            if (version > VERSION) {
                return new Decoded.Beyond("format version " + version + " (this gateway knows " + VERSION + ")");
            }
            String op = new Reader(only(ours, OP)).text(OP);
            Set<String> known = HEADERS.get(op);
            if (known == null) {
                return new Decoded.Beyond("operation " + op + " (this gateway does not know it)");
            }
            Map<String, String> headers = new HashMap<>();
            for (Header header : ours) {
                if (!COMMON.contains(header.name()) && !known.contains(header.name())) {
                    return new Decoded.Beyond(
                            "operation " + op + " with header " + header.name() + " (this gateway does not know it)");
                }
            }
            for (Header header : ours) {
                put(headers, header);
            }
            if (op.equals("checkpoint")) {
                long rules = new Reader(headers).number(RULES, 1, Integer.MAX_VALUE);
                if (rules != KNOWN_RULES) {
                    return new Decoded.Beyond(
                            "a checkpoint of rules " + rules + " (this gateway knows " + KNOWN_RULES + ")");
                }
            }
            return new Decoded.Ours(decode(record, op, new Reader(headers)));
        } catch (MalformedRecord e) {
            return new Decoded.Broken(e.reason);
        }
    }

    private static Sent decode(LogRecord record, String op, Reader headers) throws MalformedRecord {
        String key = record.key() == null ? null : text(record.key());
        byte[] value = record.value();
        if (key == null || value == null) {
            throw new MalformedRecord("no key, or no value");
        }
        if (value.length > 0 && !WITH_PAYLOAD.contains(op)) {
            throw new MalformedRecord("operation " + op + " with data");
        }
        int separator = key.lastIndexOf(KEY_SEPARATOR);
        StreamPath path = path(separator < 0 ? "" : key.substring(0, separator), "the key's beginning");
        StreamPath reserved = RESERVED_PATHS.get(op);
        if (reserved == null ? path.isReserved() : !path.equals(reserved)) {
            throw new MalformedRecord("operation " + op + " on path " + path.text());
        }
        OperationId id = OperationId.parse(key.substring(separator + 1))
                .orElseThrow(() -> new MalformedRecord("the key does not end with an operation id"));
        Operation operation =
                switch (op) {
                    case "setup" -> headers.setup();
                    case "create" -> headers.create(value);
                    case "append" ->
                        new Operation.Append(
                                headers.incarnation(),
                                headers.data(value),
                                headers.producer(),
                                headers.optional(STREAM_SEQ),
                                headers.closed());
                    case "close" -> new Operation.Close(headers.incarnation(), headers.producer());
                    case "delete" -> new Operation.Delete(headers.incarnation());
                    case "expire" -> new Operation.Expire(headers.incarnation());
                    case "touch" -> new Operation.Touch(headers.incarnation());
                    case "fork-ref" -> new Operation.ForkRef(headers.incarnation(), headers.path(FORK_PATH));
                    case "fork-unref" -> new Operation.ForkUnref(headers.incarnation(), headers.operationId(FORK_REF));
                    case "fork-cancel" ->
                        new Operation.ForkCancel(
                                headers.operationId(FORK_REF), headers.number(FORK_TIME, 0, LAST_MILLIS));
                    case "checkpoint" -> headers.checkpoint();
                    case "thin-to" -> new Operation.ThinTo(headers.number(THIN_TO, 1, Long.MAX_VALUE));
                    default -> throw new MalformedRecord("format version 1 has no operation " + op);
                };
        return new Sent(path, id, headers.number(TIME, 0, LAST_MILLIS), operation);
    }

    private static Map<String, String> only(List<Header> headers, String name) throws MalformedRecord {
        Map<String, String> found = new HashMap<>();
        for (Header header : headers) {
            if (header.name().equals(name)) {
                put(found, header);
            }
        }
        return found;
    }

    private static void put(Map<String, String> headers, Header header) throws MalformedRecord {
        String text = header.value() == null ? null : text(header.value());
        if (text == null || headers.put(header.name(), text) != null) {
            throw new MalformedRecord("header " + header.name() + " is not UTF-8 text, or is there twice");
        }
    }

    private static StreamPath path(String text, String what) throws MalformedRecord {
        try {
            return StreamPath.of(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedRecord(what + " is no stream path");
        }
    }

    private static Set<String> union(Set<String> left, Set<String> right) {
        Set<String> union = new HashSet<>(left);
        union.addAll(right);
        return Set.copyOf(union);
    }

    private static @Nullable String text(byte[] utf8) {
        String text = new String(utf8, UTF_8); // puts U+FFFD for what is malformed
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Collects a record's headers. */
    private static final class Writer {
        private final List<Header> list = new ArrayList<>(8);

        void put(String name, String value) {
            list.add(new Header(name, value.getBytes(UTF_8)));
        }

        void on(String op, Incarnation incarnation) {
            put(OP, op);
            put(INC, incarnation.id());
        }

        void producer(ProducerStamp stamp) {
            put(PRODUCER, stamp.id());
            put(EPOCH, Long.toString(stamp.epoch()));
            put(SEQ, Long.toString(stamp.seq()));
        }

        void checkpoint(Operation.Checkpoint checkpoint) {
            put(OP, "checkpoint");
            put(AS_OF, Long.toString(checkpoint.asOf()));
            put(WRITER, checkpoint.name().writer());
            put(PARTS, Integer.toString(checkpoint.name().parts()));
            put(CHECKSUM, checkpoint.name().checksum());
            put(RULES, Integer.toString(KNOWN_RULES));
            put(LOG_TIME, Long.toString(checkpoint.logTimeMillis()));
            put(LEADER_EPOCH, Integer.toString(checkpoint.leaderEpoch()));
            put(DEAD, Long.toString(checkpoint.dead()));
        }

        void closed(boolean closed) {
            if (closed) {
                put(CLOSED, "true");
            }
        }

        void origin(ForkOrigin origin) {
            put(FORK_SOURCE, origin.source().text());
            put(FORK_POSITION, Long.toString(origin.position()));
            put(FORK_TAG, Long.toString(origin.tag()));
            if (origin.partial() > 0) {
                put(FORK_PARTIAL, Long.toString(origin.partial()));
            }
            origin.requested().offset().ifPresent(offset -> put(FORK_OFFSET, offset));
            if (origin.requested().subOffset() > 0) {
                put(FORK_SUB_OFFSET, Long.toString(origin.requested().subOffset()));
            }
            if (origin.inheritsExpiry()) {
                put(FORK_EXPIRY, INHERITED);
            }
            origin.reference().ifPresent(reference -> {
                put(FORK_SOURCE_INC, reference.source().id());
                put(FORK_REF, reference.id());
                put(FORK_TIME, Long.toString(reference.timeMillis()));
            });
        }

        byte[] payload(Payload payload) {
            if (payload.count() > 1) {
                put(COUNT, Integer.toString(payload.count()));
            }
            return payload.value();
        }
    }

    /** Reads a record's headers. */
    private record Reader(Map<String, String> headers) {

        Optional<String> optional(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        String text(String name) throws MalformedRecord {
            return optional(name).orElseThrow(() -> new MalformedRecord("no header " + name));
        }

        long number(String name, long least, long most) throws MalformedRecord {
            String text = text(name);
            try {
                long number = Long.parseLong(text);
                if (number >= least && number <= most && Long.toString(number).equals(text)) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // falls through to the one complaint
            }
            throw new MalformedRecord("header " + name + " is no number from " + least + " to " + most);
        }

        boolean closed() throws MalformedRecord {
            Optional<String> text = optional(CLOSED);
            if (text.isPresent() && !text.get().equals("true")) {
                throw new MalformedRecord("header " + CLOSED + " is not true");
            }
            return text.isPresent();
        }

        Incarnation incarnation() throws MalformedRecord {
            return Incarnation.of(operationId(INC));
        }

        String operationId(String name) throws MalformedRecord {
            String id = text(name);
            if (OperationId.parse(id).isEmpty()) {
                throw new MalformedRecord("header " + name + " is no operation id");
            }
            return id;
        }

        StreamPath path(String name) throws MalformedRecord {
            StreamPath path = RecordCodec.path(text(name), "header " + name);
            if (path.isReserved()) {
                throw new MalformedRecord("header " + name + " names a reserved path");
            }
            return path;
        }

        Operation.Setup setup() throws MalformedRecord {
            if (!text(KIND).equals(SHARED)) {
                throw new MalformedRecord("header " + KIND + " is not " + SHARED);
            }
            return new Operation.Setup((int) number(PARTITIONS, 1, Integer.MAX_VALUE), text(TOPIC_PREFIX));
        }

        Operation.Checkpoint checkpoint() throws MalformedRecord {
            return new Operation.Checkpoint(
                    new CheckpointName(
                            number(AS_OF, 0, Long.MAX_VALUE),
                            text(WRITER, WRITER_NAME),
                            (int) number(PARTS, 1, Integer.MAX_VALUE),
                            text(CHECKSUM, SHA_256)),
                    number(LOG_TIME, 0, LAST_MILLIS),
                    (int) number(LEADER_EPOCH, 0, Integer.MAX_VALUE),
                    number(DEAD, 0, Long.MAX_VALUE));
        }

        private String text(String name, Pattern pattern) throws MalformedRecord {
            String text = text(name);
            if (!pattern.matcher(text).matches()) {
                throw new MalformedRecord("header " + name + " is not of the form " + pattern);
            }
            return text;
        }

        Optional<ProducerStamp> producer() throws MalformedRecord {
            if (optional(PRODUCER).isEmpty()
                    && optional(EPOCH).isEmpty()
                    && optional(SEQ).isEmpty()) {
                return Optional.empty();
            }
            String id = text(PRODUCER);
            if (id.isEmpty() || id.getBytes(UTF_8).length > ProducerStamp.MAX_ID_BYTES) {
                throw new MalformedRecord("header " + PRODUCER + " is empty or too long");
            }
            return Optional.of(
                    new ProducerStamp(id, number(EPOCH, 0, ProducerStamp.MAX), number(SEQ, 0, ProducerStamp.MAX)));
        }

        Payload payload(byte[] value) throws MalformedRecord {
            if (optional(COUNT).isEmpty()) {
                return Payload.of(value);
            }
            // Readers take the brackets off; what is between them is for the writer to answer for.
            if (value.length < 2 || value[0] != '[' || value[value.length - 1] != ']') {
                throw new MalformedRecord("header " + COUNT + " without an array");
            }
            return new Payload(value, (int) number(COUNT, 2, Integer.MAX_VALUE));
        }

        Payload data(byte[] value) throws MalformedRecord {
            if (value.length == 0) {
                throw new MalformedRecord("an append without data");
            }
            return payload(value);
        }

        Operation.Create create(byte[] value) throws MalformedRecord {
            MediaType type = MediaType.parse(text(CONTENT_TYPE))
                    .orElseThrow(() -> new MalformedRecord("header " + CONTENT_TYPE + " is no media type"));
            Payload payload = payload(value);
            Optional<ForkOrigin> origin = FORK.stream().anyMatch(headers::containsKey)
                    ? Optional.of(origin(payload, type))
                    : Optional.empty();
            return new Operation.Create(new StreamConfiguration(type, expiry(), origin), payload, closed());
        }

        private ForkOrigin origin(Payload payload, MediaType type) throws MalformedRecord {
            long most = type.isJson() ? payload.count() : payload.value().length;
            long partial = optional(FORK_PARTIAL).isPresent() ? number(FORK_PARTIAL, 1, most) : 0;
            Optional<String> offset = optional(FORK_OFFSET);
            if (offset.isPresent() && OffsetToken.parse(offset.get()).isEmpty()) {
                throw new MalformedRecord("header " + FORK_OFFSET + " is no offset");
            }
            long subOffset = optional(FORK_SUB_OFFSET).isPresent() ? number(FORK_SUB_OFFSET, 1, ProducerStamp.MAX) : 0;
            Optional<String> inherited = optional(FORK_EXPIRY);
            if (inherited.isPresent() && !inherited.get().equals(INHERITED)) {
                throw new MalformedRecord("header " + FORK_EXPIRY + " is not " + INHERITED);
            }
            return new ForkOrigin(
                    path(FORK_SOURCE),
                    reference(),
                    number(FORK_POSITION, 0, LAST_FORK_POSITION),
                    number(FORK_TAG, 1, OffsetToken.MAX),
                    partial,
                    new ForkOrigin.Requested(offset, subOffset),
                    inherited.isPresent());
        }

        private Optional<ForkOrigin.Reference> reference() throws MalformedRecord {
            if (optional(FORK_SOURCE_INC).isEmpty()
                    && optional(FORK_REF).isEmpty()
                    && optional(FORK_TIME).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new ForkOrigin.Reference(
                    Incarnation.of(operationId(FORK_SOURCE_INC)),
                    operationId(FORK_REF),
                    number(FORK_TIME, 0, LAST_MILLIS)));
        }

        private Expiry expiry() throws MalformedRecord {
            boolean sliding = optional(TTL).isPresent();
            boolean absolute = optional(EXPIRES_AT).isPresent();
            if (sliding && absolute) {
                throw new MalformedRecord("both " + TTL + " and " + EXPIRES_AT);
            }
            if (sliding) {
                return new Expiry.Sliding(Duration.ofSeconds(number(TTL, 0, Expiry.Sliding.MOST_SECONDS)));
            }
            if (absolute) {
                String text = text(EXPIRES_AT);
                try {
                    Instant at = Instant.parse(text);
                    if (at.toString().equals(text)) {
                        return new Expiry.Absolute(at);
                    }
                } catch (DateTimeException | IllegalArgumentException e) {
                    // falls through to the one complaint
                }
                throw new MalformedRecord("header " + EXPIRES_AT + " is no instant in normal form");
            }
            return new Expiry.Never();
        }
    }

    /** Says what is wrong with a record; never leaves this class. */
    private static final class MalformedRecord extends Exception {
        private static final long serialVersionUID = 1;
        private final String reason;

        MalformedRecord(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
