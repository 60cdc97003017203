package io.millrace.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** What tests of the core are made of. */
@NullMarked
public final class Samples {

    public static final StreamPath PATH = StreamPath.of("chats/42");
    public static final StreamPath OTHER_PATH = StreamPath.of("chats/43");
    public static final MediaType TEXT = new MediaType("text/plain");
    public static final MediaType JSON = new MediaType("application/json");
    public static final StreamConfiguration PLAIN = new StreamConfiguration(TEXT, new Expiry.Never());
    public static final Optional<ProducerStamp> NOBODY = Optional.empty();

    private Samples() {}

    public static OperationId id(String text) {
        return OperationId.parse(text).orElseThrow();
    }

    public static Payload payload(String text) {
        return Payload.of(text.getBytes(UTF_8));
    }

    public static Optional<ProducerStamp> stamp(long epoch, long seq) {
        return Optional.of(new ProducerStamp("p", epoch, seq));
    }

    public static StreamConfiguration sliding(long seconds) {
        return new StreamConfiguration(TEXT, new Expiry.Sliding(Duration.ofSeconds(seconds)));
    }

    public static StreamConfiguration until(long millis) {
        return new StreamConfiguration(TEXT, new Expiry.Absolute(Instant.ofEpochMilli(millis)));
    }

    public static Operation.Create creation() {
        return new Operation.Create(PLAIN, Payload.NONE, false);
    }

    public static Operation.Append append(String life, String text) {
        return append(life, text, NOBODY);
    }

    public static Operation.Append append(String life, String text, Optional<ProducerStamp> producer) {
        return new Operation.Append(Incarnation.of(life), payload(text), producer, Optional.empty(), false);
    }

    public static Operation.Close close(String life, Optional<ProducerStamp> producer) {
        return new Operation.Close(Incarnation.of(life), producer);
    }

    public static Operation.Delete delete(String life) {
        return new Operation.Delete(Incarnation.of(life));
    }

    public static Operation.Expire expire(String life) {
        return new Operation.Expire(Incarnation.of(life));
    }

    public static Operation.Touch touch(String life) {
        return new Operation.Touch(Incarnation.of(life));
    }

    public static Sent sent(String id, long millis, Operation operation) {
        return new Sent(PATH, id(id), millis, operation);
    }

    /** The record of {@code sent}, where the broker's clock agrees with the sender's. */
    public static LogRecord record(long offset, Sent sent) {
        return record(offset, sent.timeMillis(), sent);
    }

    public static LogRecord record(long offset, long timestampMillis, Sent sent) {
        RecordCodec.Encoded encoded = RecordCodec.encode(sent);
        return new LogRecord(offset, timestampMillis, encoded.key(), encoded.headers(), encoded.value());
    }

    /** A native producer's record. */
    public static LogRecord foreign(long offset, long timestampMillis, @Nullable String value) {
        return new LogRecord(offset, timestampMillis, null, List.of(), value == null ? null : value.getBytes(UTF_8));
    }

    /** Writes down what a replay tells. */
    public static final class Heard implements ReplayListener {
        public final List<String> visible = new ArrayList<>();
        public final List<StreamPath> changed = new ArrayList<>();
        public final List<OperationId> settled = new ArrayList<>();
        public final List<Outcome> outcomes = new ArrayList<>();
        public final List<String> odd = new ArrayList<>();

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            visible.add(offset + " " + new String(payload.value(), UTF_8));
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {
            changed.add(path);
        }

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            settled.add(id);
            outcomes.add(outcome);
        }

        @Override
        public void onOddRecord(long offset, String what) {
            odd.add(offset + " " + what);
        }

        public Outcome last() {
            return outcomes.getLast();
        }
    }
}
