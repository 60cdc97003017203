package io.millrace.mapping.record;

import static io.millrace.mapping.Samples.JSON;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.id;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.ForkSamples;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordCodecTest {

    /** Operations at random, with everything optional there or not, and texts that need care. */
    private static final class AnyOperation {
        private static final List<String> TEXTS =
                List.of("a", "a|b", "0", "ö", "😀", "x y", "=;,", "\u0001", "\uFFFD", "~".repeat(200));

        private final SplittableRandom random = new SplittableRandom(11);

        private boolean flip() {
            return random.nextBoolean();
        }

        private String text() {
            return TEXTS.get(random.nextInt(TEXTS.size()));
        }

        private long number(long most) {
            return switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> most;
                default -> random.nextLong(most + 1);
            };
        }

        private Payload payload(boolean mayBeEmpty) {
            byte[] value = new byte[random.nextInt(mayBeEmpty ? 0 : 1, 40)];
            random.nextBytes(value);
            if (value.length < 2 || flip()) {
                return Payload.of(value);
            }
            value[0] = '[';
            value[value.length - 1] = ']';
            return new Payload(value, random.nextInt(2, 999));
        }

        private Optional<ProducerStamp> producer() {
            return flip()
                    ? Optional.of(new ProducerStamp(text(), number(ProducerStamp.MAX), number(ProducerStamp.MAX)))
                    : Optional.empty();
        }

        private Incarnation incarnation() {
            return Incarnation.of("g" + random.nextInt(99) + "." + random.nextLong(1, 999_999_999_999_999_999L));
        }

        private Expiry expiry() {
            return switch (random.nextInt(3)) {
                case 0 -> new Expiry.Never();
                case 1 -> new Expiry.Sliding(Duration.ofSeconds(number(Expiry.Sliding.MOST_SECONDS)));
                default ->
                    new Expiry.Absolute(Instant.ofEpochSecond(random.nextLong(-60_000_000_000L, 250_000_000_000L))
                            .plusNanos(flip() ? random.nextInt(1_000_000_000) : 0));
            };
        }

        private String id() {
            return incarnation().id();
        }

        private Optional<ForkOrigin> origin(Payload payload, MediaType type) {
            if (flip()) {
                return Optional.empty();
            }
            Optional<ForkOrigin.Reference> reference = flip()
                    ? Optional.of(new ForkOrigin.Reference(incarnation(), id(), number(RecordCodec.LAST_MILLIS)))
                    : Optional.empty();
            Optional<String> offset = flip()
                    ? Optional.of(new OffsetToken(number(OffsetToken.MAX), number(OffsetToken.MAX)).text())
                    : Optional.empty();
            return Optional.of(new ForkOrigin(
                    StreamPath.of(flip() ? "a|g.1/b" : "chats/ö😀;x=1"),
                    reference,
                    number(ProducerStamp.MAX),
                    Math.max(1, number(OffsetToken.MAX)),
                    number(type.isJson() ? payload.count() : payload.value().length),
                    new ForkOrigin.Requested(offset, number(ProducerStamp.MAX)),
                    flip()));
        }

        private Operation.Create create() {
            MediaType type = new MediaType(flip() ? "text/plain; charset=\"a b\"" : "application/JSON");
            Payload payload = payload(true);
            return new Operation.Create(
                    new StreamConfiguration(type, expiry(), origin(payload, type)), payload, flip());
        }

        private Operation next() {
            return switch (random.nextInt(12)) {
                case 0 -> new Operation.Setup(random.nextInt(1, Integer.MAX_VALUE), "/v1/" + text());
                case 1 -> create();
                case 2 ->
                    new Operation.Append(
                            incarnation(),
                            payload(false),
                            producer(),
                            flip() ? Optional.of(text()) : Optional.empty(),
                            flip());
                case 3 -> new Operation.Close(incarnation(), producer());
                case 4 -> new Operation.Delete(incarnation());
                case 5 -> new Operation.Expire(incarnation());
                case 6 -> new Operation.ForkRef(incarnation(), StreamPath.of(flip() ? "a|g.1/b" : "ö;x=1"));
                case 7 -> new Operation.ForkUnref(incarnation(), id());
                case 8 -> new Operation.ForkCancel(id(), number(RecordCodec.LAST_MILLIS));
                case 9 ->
                    new Operation.Checkpoint(
                            new CheckpointName(
                                    number(Long.MAX_VALUE - 1),
                                    id(),
                                    random.nextInt(1, Integer.MAX_VALUE),
                                    "0123456789abcdef".repeat(4)),
                            number(RecordCodec.LAST_MILLIS),
                            random.nextInt(0, Integer.MAX_VALUE),
                            number(Long.MAX_VALUE - 1));
                case 10 -> new Operation.ThinTo(Math.max(1, number(Long.MAX_VALUE - 1)));
                default -> new Operation.Touch(incarnation());
            };
        }

        private Sent sent() {
            Operation operation = next();
            StreamPath path =
                    switch (operation) {
                        case Operation.Setup _ -> RecordCodec.SETUP_PATH;
                        case Operation.Checkpoint _ -> RecordCodec.CHECKPOINT_PATH;
                        case Operation.ThinTo _ -> RecordCodec.THIN_TO_PATH;
                        default -> StreamPath.of(flip() ? "a|g.1/b" : "chats/ö😀;x=1");
                    };
            OperationId id = new OperationId("g" + random.nextInt(9), random.nextLong(1, 999_999_999_999_999_999L));
            return new Sent(path, id, number(RecordCodec.LAST_MILLIS), operation);
        }
    }

    @Test
    void everyOperationIsReadBackAsItWas() {
        AnyOperation any = new AnyOperation();
        for (int i = 0; i < 5_000; i++) {
            Sent sent = any.sent();
            assertThat(RecordCodec.decode(record(3, sent))).isEqualTo(new Decoded.Ours(sent));
        }
    }

    @Test
    void valueIsNeverNull() {
        AnyOperation any = new AnyOperation();
        for (int i = 0; i < 500; i++) {
            assertThat(RecordCodec.encode(any.sent()).value()).isNotNull();
        }
    }

    @Test
    void sizeIsNoUnderstatement() {
        AnyOperation any = new AnyOperation();
        for (int i = 0; i < 500; i++) {
            RecordCodec.Encoded encoded = RecordCodec.encode(any.sent());
            int least = encoded.key().length + encoded.value().length;
            for (Header header : encoded.headers()) {
                least += header.name().length() + (header.value() == null ? 0 : header.value().length);
            }
            assertThat(encoded.size()).isGreaterThan(least);
        }
    }

    private static String shown(Sent sent) {
        RecordCodec.Encoded encoded = RecordCodec.encode(sent);
        StringBuilder shown = new StringBuilder(new String(encoded.key(), UTF_8));
        encoded.headers().forEach(header -> shown.append(' ')
                .append(header.name())
                .append('=')
                .append(header.value() == null ? "" : new String(header.value(), UTF_8)));
        return shown + " -> " + new String(encoded.value(), UTF_8);
    }

    /** What stands in logs. Stored: never change. */
    static Stream<Arguments> golden() {
        Incarnation life = Incarnation.of("a1.7");
        Optional<ProducerStamp> producer = Optional.of(new ProducerStamp("p", 3, 9));
        return Stream.of(
                argumentSet(
                        "setup",
                        new Sent(RecordCodec.SETUP_PATH, id("b2.9"), 5, new Operation.Setup(16, "/v1/stream")),
                        "__ds/setup|b2.9 ds-v=1 ds-op=setup ds-kind=shared ds-partitions=16 ds-prefix=/v1/stream"
                                + " ds-time=5 -> "),
                argumentSet(
                        "create",
                        sent("b2.9", 5, new Operation.Create(PLAIN, Payload.NONE, false)),
                        "chats/42|b2.9 ds-v=1 ds-op=create ds-content-type=text/plain ds-time=5 -> "),
                argumentSet(
                        "create closed, with TTL and messages",
                        sent(
                                "b2.9",
                                5,
                                new Operation.Create(
                                        new StreamConfiguration(JSON, new Expiry.Sliding(Duration.ofHours(1))),
                                        new Payload("[1,2]".getBytes(UTF_8), 2),
                                        true)),
                        "chats/42|b2.9 ds-v=1 ds-op=create ds-content-type=application/json ds-ttl=3600 ds-closed=true"
                                + " ds-count=2 ds-time=5 -> [1,2]"),
                argumentSet(
                        "create with expiry",
                        sent(
                                "b2.9",
                                5,
                                new Operation.Create(
                                        new StreamConfiguration(
                                                JSON, new Expiry.Absolute(Instant.parse("2030-01-02T03:04:05.5Z"))),
                                        Payload.NONE,
                                        false)),
                        "chats/42|b2.9 ds-v=1 ds-op=create ds-content-type=application/json"
                                + " ds-expires-at=2030-01-02T03:04:05.500Z ds-time=5 -> "),
                argumentSet(
                        "append",
                        sent(
                                "b2.9",
                                5,
                                new Operation.Append(
                                        life, Payload.of("hi".getBytes(UTF_8)), producer, Optional.of("s7"), true)),
                        "chats/42|b2.9 ds-v=1 ds-op=append ds-inc=a1.7 ds-producer=p ds-epoch=3 ds-seq=9"
                                + " ds-stream-seq=s7 ds-closed=true ds-time=5 -> hi"),
                argumentSet(
                        "close",
                        sent("b2.9", 5, new Operation.Close(life, producer)),
                        "chats/42|b2.9 ds-v=1 ds-op=close ds-inc=a1.7 ds-producer=p ds-epoch=3 ds-seq=9 ds-time=5 -> "),
                argumentSet(
                        "delete",
                        sent("b2.9", 5, new Operation.Delete(life)),
                        "chats/42|b2.9 ds-v=1 ds-op=delete ds-inc=a1.7 ds-time=5 -> "),
                argumentSet(
                        "expire",
                        sent("b2.9", 5, new Operation.Expire(life)),
                        "chats/42|b2.9 ds-v=1 ds-op=expire ds-inc=a1.7 ds-time=5 -> "),
                argumentSet(
                        "touch",
                        sent("b2.9", 5, new Operation.Touch(life)),
                        "chats/42|b2.9 ds-v=1 ds-op=touch ds-inc=a1.7 ds-time=5 -> "),
                argumentSet(
                        "create of a fork, all headers",
                        sent(
                                "b2.9",
                                5,
                                new Operation.Create(
                                        new StreamConfiguration(
                                                JSON, new Expiry.Sliding(Duration.ofHours(1)), Optional.of(ALL)),
                                        new Payload("[1,2]".getBytes(UTF_8), 2),
                                        true)),
                        "chats/42|b2.9 ds-v=1 ds-op=create ds-content-type=application/json ds-ttl=3600 ds-closed=true"
                                + " ds-count=2 ds-fork-source=chats/41 ds-fork-position=70 ds-fork-tag=8"
                                + " ds-fork-partial=1 ds-fork-offset=0000000000000070_0000000000000008"
                                + " ds-fork-sub-offset=1 ds-fork-expiry=inherited ds-fork-source-inc=a1.7"
                                + " ds-fork-ref=c3.4 ds-fork-time=3 ds-time=5 -> [1,2]"),
                argumentSet(
                        "create of a fork, no header more than it needs",
                        sent("b2.9", 5, new Operation.Create(PLAIN.with(ForkSamples.unheld(7)), Payload.NONE, false)),
                        "chats/42|b2.9 ds-v=1 ds-op=create ds-content-type=text/plain ds-fork-source=sources/1"
                                + " ds-fork-position=7 ds-fork-tag=4424724217740245 ds-time=5 -> "),
                argumentSet(
                        "fork-ref",
                        sent("b2.9", 5, new Operation.ForkRef(life, StreamPath.of("chats/43"))),
                        "chats/42|b2.9 ds-v=1 ds-op=fork-ref ds-inc=a1.7 ds-fork-path=chats/43 ds-time=5 -> "),
                argumentSet(
                        "fork-unref",
                        sent("b2.9", 5, new Operation.ForkUnref(life, "c3.4")),
                        "chats/42|b2.9 ds-v=1 ds-op=fork-unref ds-inc=a1.7 ds-fork-ref=c3.4 ds-time=5 -> "),
                argumentSet(
                        "fork-cancel",
                        sent("b2.9", 5, new Operation.ForkCancel("c3.4", 3)),
                        "chats/42|b2.9 ds-v=1 ds-op=fork-cancel ds-fork-ref=c3.4 ds-fork-time=3 ds-time=5 -> "),
                argumentSet(
                        "checkpoint",
                        new Sent(RecordCodec.CHECKPOINT_PATH, id("b2.9"), 5, CHECKPOINTED),
                        "__ds/checkpoint|b2.9 ds-v=1 ds-op=checkpoint ds-as-of=70 ds-writer=a1.7 ds-parts=2 ds-checksum="
                                + "ab".repeat(32)
                                + " ds-rules=1 ds-log-time=4 ds-leader-epoch=3 ds-dead=9 ds-time=5 -> "),
                argumentSet(
                        "thin-to",
                        new Sent(RecordCodec.THIN_TO_PATH, id("b2.9"), 5, new Operation.ThinTo(70)),
                        "__ds/thin-to|b2.9 ds-v=1 ds-op=thin-to ds-thin-to=70 ds-time=5 -> "));
    }

    private static final Operation.Checkpoint CHECKPOINTED =
            new Operation.Checkpoint(new CheckpointName(70, "a1.7", 2, "ab".repeat(32)), 4, 3, 9);

    private static final ForkOrigin ALL = new ForkOrigin(
            StreamPath.of("chats/41"),
            Optional.of(new ForkOrigin.Reference(Incarnation.of("a1.7"), "c3.4", 3)),
            70,
            8,
            1,
            new ForkOrigin.Requested(Optional.of("0000000000000070_0000000000000008"), 1),
            true);

    @ParameterizedTest
    @MethodSource
    void golden(Sent sent, String expected) {
        assertThat(shown(sent)).isEqualTo(expected);
    }

    // ---- what is not ours, not known, or broken

    private static final LogRecord CREATE = record(0, sent("g.1", 5, new Operation.Create(PLAIN, Payload.NONE, false)));
    private static final LogRecord APPEND = record(
            0,
            sent(
                    "g.2",
                    5,
                    new Operation.Append(
                            Incarnation.of("g.1"),
                            new Payload("[1,2]".getBytes(UTF_8), 2),
                            Optional.of(new ProducerStamp("p", 0, 0)),
                            Optional.of("s"),
                            true)));
    private static final LogRecord DELETE = record(0, sent("g.3", 5, new Operation.Delete(Incarnation.of("g.1"))));
    private static final LogRecord SETUP =
            record(0, new Sent(RecordCodec.SETUP_PATH, id("g.1"), 5, new Operation.Setup(16, "/v1/stream")));

    private static final LogRecord FORK =
            record(0, sent("g.4", 5, new Operation.Create(PLAIN.with(ALL), Payload.of("ab".getBytes(UTF_8)), false)));
    private static final LogRecord FORK_REF =
            record(0, sent("g.5", 5, new Operation.ForkRef(Incarnation.of("g.1"), StreamPath.of("chats/43"))));
    private static final LogRecord FORK_UNREF =
            record(0, sent("g.6", 5, new Operation.ForkUnref(Incarnation.of("g.1"), "g.5")));
    private static final LogRecord FORK_CANCEL = record(0, sent("g.7", 5, new Operation.ForkCancel("g.5", 5)));

    private static final LogRecord CHECKPOINT =
            record(0, new Sent(RecordCodec.CHECKPOINT_PATH, id("g.8"), 5, CHECKPOINTED));
    private static final LogRecord THIN_TO =
            record(0, new Sent(RecordCodec.THIN_TO_PATH, id("g.9"), 5, new Operation.ThinTo(70)));

    private static LogRecord with(LogRecord record, String name, byte @Nullable [] value) {
        List<Header> headers = new ArrayList<>(record.headers());
        headers.removeIf(header -> header.name().equals(name));
        headers.add(new Header(name, value));
        return new LogRecord(0, 0, record.key(), headers, record.value());
    }

    private static LogRecord with(LogRecord record, String name, String value) {
        return with(record, name, value.getBytes(UTF_8));
    }

    private static LogRecord without(LogRecord record, String name) {
        List<Header> headers = new ArrayList<>(record.headers());
        headers.removeIf(header -> header.name().equals(name));
        return new LogRecord(0, 0, record.key(), headers, record.value());
    }

    private static LogRecord twice(LogRecord record, String name) {
        List<Header> headers = new ArrayList<>(record.headers());
        headers.add(new Header(name, "1".getBytes(UTF_8)));
        return new LogRecord(0, 0, record.key(), headers, record.value());
    }

    private static LogRecord keyed(LogRecord record, @Nullable String key) {
        return new LogRecord(0, 0, key == null ? null : key.getBytes(UTF_8), record.headers(), record.value());
    }

    private static LogRecord valued(LogRecord record, @Nullable String value) {
        return new LogRecord(0, 0, record.key(), record.headers(), value == null ? null : value.getBytes(UTF_8));
    }

    static Stream<Arguments> broken() {
        byte[] notUtf8 = {(byte) 0xc3, 0x28};
        return Stream.of(
                argumentSet("no version", without(CREATE, "ds-v")),
                argumentSet("version 0", with(CREATE, "ds-v", "0")),
                argumentSet("version with a zero in front", with(CREATE, "ds-v", "01")),
                argumentSet("version as a word", with(CREATE, "ds-v", "one")),
                argumentSet("version twice", twice(CREATE, "ds-v")),
                argumentSet("version without value", with(CREATE, "ds-v", (byte[]) null)),
                argumentSet("no operation", without(CREATE, "ds-op")),
                argumentSet("operation twice", twice(CREATE, "ds-op")),
                argumentSet("no key", keyed(CREATE, null)),
                argumentSet("key without separator", keyed(CREATE, "chats/42")),
                argumentSet("key without id", keyed(CREATE, "chats/42|")),
                argumentSet("key with a malformed id", keyed(CREATE, "chats/42|g.0")),
                argumentSet("key without path", keyed(CREATE, "|g.1")),
                argumentSet("key with a path that is not canonical", keyed(CREATE, "chats//42|g.1")),
                argumentSet("key on a reserved path", keyed(CREATE, "__ds/x|g.1")),
                argumentSet(
                        "key that is not UTF-8",
                        new LogRecord(
                                0, 0, new byte[] {(byte) 0xff, '|', 'g', '.', '1'}, CREATE.headers(), new byte[0])),
                argumentSet("null value", valued(CREATE, null)),
                argumentSet("no time", without(CREATE, "ds-time")),
                argumentSet("negative time", with(CREATE, "ds-time", "-1")),
                argumentSet("time beyond all sums", with(CREATE, "ds-time", "9007199254740992")),
                argumentSet("no content type", without(CREATE, "ds-content-type")),
                argumentSet("malformed content type", with(CREATE, "ds-content-type", "text")),
                argumentSet("content type that is not UTF-8", with(CREATE, "ds-content-type", notUtf8)),
                argumentSet("TTL with a sign", with(CREATE, "ds-ttl", "+5")),
                argumentSet("TTL too long", with(CREATE, "ds-ttl", "9007199254741")),
                argumentSet(
                        "TTL and expiry", with(with(CREATE, "ds-ttl", "5"), "ds-expires-at", "2030-01-02T03:04:05Z")),
                argumentSet("expiry that is no instant", with(CREATE, "ds-expires-at", "tomorrow")),
                argumentSet("expiry in another form", with(CREATE, "ds-expires-at", "2030-01-02T03:04:05.0Z")),
                argumentSet("expiry before all clocks", with(CREATE, "ds-expires-at", "-1000000000-01-01T00:00:00Z")),
                argumentSet("expiry after all clocks", with(CREATE, "ds-expires-at", Instant.MAX.toString())),
                argumentSet("closed as another word", with(CREATE, "ds-closed", "yes")),
                argumentSet("count without data", with(CREATE, "ds-count", "2")),
                argumentSet("count without an array", valued(APPEND, "1,2")),
                argumentSet("count of an array that does not begin", valued(APPEND, "]")),
                argumentSet("count of an array that does not end", valued(APPEND, "[")),
                argumentSet("count of one", with(APPEND, "ds-count", "1")),
                argumentSet("count beyond int", with(APPEND, "ds-count", "2147483648")),
                argumentSet("append without data", valued(without(APPEND, "ds-count"), "")),
                argumentSet("append without life", without(APPEND, "ds-inc")),
                argumentSet("append with a malformed life", with(APPEND, "ds-inc", "x")),
                argumentSet("epoch without producer", without(APPEND, "ds-producer")),
                argumentSet("producer without epoch", without(APPEND, "ds-epoch")),
                argumentSet("producer without seq", without(APPEND, "ds-seq")),
                argumentSet("producer without name", with(APPEND, "ds-producer", "")),
                argumentSet("producer with a name too long", with(APPEND, "ds-producer", "p".repeat(257))),
                argumentSet("seq beyond 2^53-1", with(APPEND, "ds-seq", "9007199254740992")),
                argumentSet("negative epoch", with(APPEND, "ds-epoch", "-1")),
                argumentSet("Stream-Seq twice", twice(APPEND, "ds-stream-seq")),
                argumentSet("delete without life", without(DELETE, "ds-inc")),
                argumentSet("delete with data", valued(DELETE, "x")),
                argumentSet("setup elsewhere", keyed(SETUP, "chats/42|g.1")),
                argumentSet("setup of another kind", with(SETUP, "ds-kind", "dedicated")),
                argumentSet("setup of no partitions", with(SETUP, "ds-partitions", "0")),
                argumentSet("setup without prefix", without(SETUP, "ds-prefix")),
                argumentSet("fork without source", without(FORK, "ds-fork-source")),
                argumentSet("fork of no path", with(FORK, "ds-fork-source", "a//b")),
                argumentSet("fork of a reserved path", with(FORK, "ds-fork-source", "__ds/x")),
                argumentSet("fork of a source twice", twice(FORK, "ds-fork-source")),
                argumentSet("fork without position", without(FORK, "ds-fork-position")),
                argumentSet("fork at a negative position", with(FORK, "ds-fork-position", "-1")),
                argumentSet("fork beyond all positions", with(FORK, "ds-fork-position", "9007199254740992")),
                argumentSet("fork without tag", without(FORK, "ds-fork-tag")),
                argumentSet("fork with the tag of nothing", with(FORK, "ds-fork-tag", "0")),
                argumentSet("fork with a tag of 17 digits", with(FORK, "ds-fork-tag", "10000000000000000")),
                argumentSet("fork with no partial, written out", with(FORK, "ds-fork-partial", "0")),
                argumentSet("fork with a partial beyond int", with(FORK, "ds-fork-partial", "2147483648")),
                argumentSet("fork with a partial beyond its data", with(FORK, "ds-fork-partial", "1000")),
                argumentSet("fork with a partial without data", valued(FORK, "")),
                argumentSet("fork at a word", with(FORK, "ds-fork-offset", "now")),
                argumentSet("fork at an empty offset", with(FORK, "ds-fork-offset", "")),
                argumentSet("fork with no sub-offset, written out", with(FORK, "ds-fork-sub-offset", "0")),
                argumentSet("fork with a sub-offset too large", with(FORK, "ds-fork-sub-offset", "9007199254740992")),
                argumentSet("fork with its own expiry, written out", with(FORK, "ds-fork-expiry", "own")),
                argumentSet("fork with a reference to no life", without(FORK, "ds-fork-source-inc")),
                argumentSet("fork with a malformed life", with(FORK, "ds-fork-source-inc", "g.0")),
                argumentSet("fork with a reference without id", without(FORK, "ds-fork-ref")),
                argumentSet("fork with a malformed reference", with(FORK, "ds-fork-ref", "r")),
                argumentSet("fork with a reference without time", without(FORK, "ds-fork-time")),
                argumentSet("fork with a time beyond all sums", with(FORK, "ds-fork-time", "9007199254740992")),
                argumentSet("fork's life alone", with(CREATE, "ds-fork-source-inc", "g.1")),
                argumentSet("fork's reference alone", with(CREATE, "ds-fork-ref", "g.1")),
                argumentSet("fork's time alone", with(CREATE, "ds-fork-time", "1")),
                argumentSet(
                        "fork's offset alone",
                        with(CREATE, "ds-fork-offset", ALL.requested().offset().orElseThrow())),
                argumentSet("fork's sub-offset alone", with(CREATE, "ds-fork-sub-offset", "1")),
                argumentSet("fork's expiry alone", with(CREATE, "ds-fork-expiry", "inherited")),
                argumentSet("fork-ref without life", without(FORK_REF, "ds-inc")),
                argumentSet("fork-ref without path", without(FORK_REF, "ds-fork-path")),
                argumentSet("fork-ref with no path", with(FORK_REF, "ds-fork-path", "/")),
                argumentSet("fork-ref with a reserved path", with(FORK_REF, "ds-fork-path", "__ds/x")),
                argumentSet("fork-ref on a reserved path", keyed(FORK_REF, "__ds/x|g.5")),
                argumentSet("fork-ref with data", valued(FORK_REF, "x")),
                argumentSet("fork-unref without life", without(FORK_UNREF, "ds-inc")),
                argumentSet("fork-unref without reference", without(FORK_UNREF, "ds-fork-ref")),
                argumentSet("fork-unref with a malformed reference", with(FORK_UNREF, "ds-fork-ref", "g")),
                argumentSet("fork-unref with data", valued(FORK_UNREF, "x")),
                argumentSet("fork-cancel without reference", without(FORK_CANCEL, "ds-fork-ref")),
                argumentSet("fork-cancel with a malformed reference", with(FORK_CANCEL, "ds-fork-ref", "")),
                argumentSet("fork-cancel without time", without(FORK_CANCEL, "ds-fork-time")),
                argumentSet("fork-cancel with a negative time", with(FORK_CANCEL, "ds-fork-time", "-1")),
                argumentSet("fork-cancel on a reserved path", keyed(FORK_CANCEL, "__ds/x|g.7")),
                argumentSet("fork-cancel with data", valued(FORK_CANCEL, "x")),
                argumentSet("checkpoint elsewhere", keyed(CHECKPOINT, "chats/42|g.8")),
                argumentSet("checkpoint where setups stand", keyed(CHECKPOINT, "__ds/setup|g.8")),
                argumentSet("checkpoint without as-of", without(CHECKPOINT, "ds-as-of")),
                argumentSet("checkpoint as of no offset", with(CHECKPOINT, "ds-as-of", "-1")),
                argumentSet("checkpoint without writer", without(CHECKPOINT, "ds-writer")),
                argumentSet("checkpoint of a nameless writer", with(CHECKPOINT, "ds-writer", "")),
                argumentSet("checkpoint of a writer in capitals", with(CHECKPOINT, "ds-writer", "A1.7")),
                argumentSet("checkpoint of a long writer", with(CHECKPOINT, "ds-writer", "a".repeat(65))),
                argumentSet("checkpoint of no parts", with(CHECKPOINT, "ds-parts", "0")),
                argumentSet("checkpoint without checksum", without(CHECKPOINT, "ds-checksum")),
                argumentSet("checkpoint with a short checksum", with(CHECKPOINT, "ds-checksum", "ab")),
                argumentSet("checkpoint of rules without number", with(CHECKPOINT, "ds-rules", "one")),
                argumentSet("checkpoint without rules", without(CHECKPOINT, "ds-rules")),
                argumentSet("checkpoint without log time", without(CHECKPOINT, "ds-log-time")),
                argumentSet("checkpoint of a negative leader epoch", with(CHECKPOINT, "ds-leader-epoch", "-1")),
                argumentSet("checkpoint with data", valued(CHECKPOINT, "x")),
                argumentSet("thin-to elsewhere", keyed(THIN_TO, "__ds/checkpoint|g.9")),
                argumentSet("thin-to nothing", with(THIN_TO, "ds-thin-to", "0")),
                argumentSet("thin-to without offset", without(THIN_TO, "ds-thin-to")),
                argumentSet("thin-to with data", valued(THIN_TO, "x")));
    }

    @ParameterizedTest
    @MethodSource
    void broken(LogRecord record) {
        assertThat(RecordCodec.decode(record)).isInstanceOf(Decoded.Broken.class);
    }

    /** docs/adr/0001, partition rules 3 and 4: what a later build wrote must not be judged by halves. */
    static Stream<Arguments> beyond() {
        return Stream.of(
                argumentSet("the next version", with(CREATE, "ds-v", "2")),
                argumentSet(
                        "the next version, all else strange", with(keyed(twice(CREATE, "ds-op"), null), "ds-v", "2")),
                argumentSet("checkpoint of other rules", with(CHECKPOINT, "ds-rules", "2")),
                argumentSet("checkpoint with a life", with(CHECKPOINT, "ds-inc", "g.1")),
                argumentSet("thin-to with a reason", with(THIN_TO, "ds-reason", "space")),
                argumentSet("an operation that nobody knows", with(DELETE, "ds-op", "rename")),
                argumentSet("a fork's header that nobody knows", with(CREATE, "ds-fork-depth", "1")),
                argumentSet("a source's tag, as a draft had it", with(FORK, "ds-fork-source-tag", "1")),
                argumentSet("a fork's header on an append", with(APPEND, "ds-fork-position", "1")),
                argumentSet("fork-ref that names its own id", with(FORK_REF, "ds-fork-ref", "g.5")),
                argumentSet("fork-unref with a time", with(FORK_UNREF, "ds-fork-time", "5")),
                argumentSet("fork-cancel with a life", with(FORK_CANCEL, "ds-inc", "g.1")),
                argumentSet("a header that this operation does not have", with(DELETE, "ds-closed", "true")));
    }

    @ParameterizedTest
    @MethodSource
    void beyond(LogRecord record) {
        assertThat(RecordCodec.decode(record)).isInstanceOf(Decoded.Beyond.class);
    }

    static Stream<Arguments> foreign() {
        List<Header> others = List.of(new Header("trace", new byte[] {1}), new Header("Ds-op", new byte[] {2}));
        return Stream.of(
                argumentSet("no headers", new LogRecord(0, 0, null, List.of(), new byte[] {1})),
                argumentSet("other headers", new LogRecord(0, 0, new byte[] {1}, others, new byte[] {1})),
                argumentSet("a tombstone", new LogRecord(0, 0, CREATE.key(), List.of(), null)));
    }

    @ParameterizedTest
    @MethodSource
    void foreign(LogRecord record) {
        assertThat(RecordCodec.decode(record)).isEqualTo(new Decoded.Foreign());
    }

    @Test
    void headersOfOthersDoNotMatter() {
        assertThat(RecordCodec.decode(with(CREATE, "traceparent", "00-1"))).isEqualTo(RecordCodec.decode(CREATE));
    }

    @Test
    void sampleIsSound() {
        assertThat(RecordCodec.decode(APPEND)).isInstanceOf(Decoded.Ours.class);
        assertThat(RecordCodec.decode(record(0, sent("g.2", 5, append("g.1", "x")))))
                .isInstanceOf(Decoded.Ours.class);
        assertThat(List.of(SETUP, FORK, FORK_REF, FORK_UNREF, FORK_CANCEL, CHECKPOINT, THIN_TO))
                .extracting(RecordCodec::decode)
                .allSatisfy(decoded -> assertThat(decoded).isInstanceOf(Decoded.Ours.class));
        assertThat(PATH.text()).isEqualTo("chats/42");
    }
}
