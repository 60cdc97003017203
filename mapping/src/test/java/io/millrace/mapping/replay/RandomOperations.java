package io.millrace.mapping.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Operations of all kinds, most of them on what stands, some on what does not any more. */
public final class RandomOperations {

    private static final List<String> TYPES = List.of("text/plain", "application/json", "image/png");
    private static final List<String> VALUES = List.of("[1,2]", "{\"n\":1}", "[]", " x\r\ny", "7", "\u00e9");

    private final Random random;
    private final List<StreamPath> paths;
    private final Map<StreamPath, Incarnation> lives = new HashMap<>();

    /** The references that were made, and those of forks that were tried; the latest last. */
    private final List<ForkOrigin.Reference> references = new ArrayList<>();

    /** On {@code paths}; all of it follows from {@code random}. */
    public RandomOperations(Random random, List<StreamPath> paths) {
        this.random = random;
        this.paths = paths;
    }

    /** One of the paths. */
    public StreamPath path() {
        return pick(paths);
    }

    /** Some operation; a setup stands on its own path. */
    public Sent sent(StreamPath path, OperationId id, long millis) {
        Operation operation = operation(path, millis);
        return new Sent(operation instanceof Operation.Setup ? RecordCodec.SETUP_PATH : path, id, millis, operation);
    }

    /** The log has it, and this is what it came to. */
    public void onSettled(Sent sent, Outcome outcome) {
        if (outcome instanceof Outcome.Created) {
            lives.put(sent.path(), Incarnation.of(sent.id().text()));
        }
        if (outcome instanceof Outcome.Referenced referenced) {
            references.add(referenced.reference());
        }
    }

    private Operation operation(StreamPath path, long millis) {
        Incarnation life =
                random.nextInt(12) == 0 ? Incarnation.of("g.999") : lives.getOrDefault(path, Incarnation.of("g.999"));
        return switch (random.nextInt(lives.containsKey(path) ? 19 : 6)) {
            case 0, 1, 2 -> new Operation.Create(configuration(millis), payload(true), random.nextInt(8) == 0);
            case 3 -> new Operation.Setup(random.nextInt(1, 3), "/v1/stream");
            case 4 -> new Operation.Create(fork(millis), payload(true), random.nextInt(8) == 0);
            case 5 -> {
                ForkOrigin.Reference reference = reference(millis);
                yield new Operation.ForkCancel(reference.id(), reference.timeMillis());
            }
            case 6 -> new Operation.Close(life, producer());
            case 7 -> new Operation.Delete(life);
            case 8 -> new Operation.Expire(life);
            case 9 -> new Operation.Touch(life);
            case 10, 11 -> new Operation.ForkRef(life, path());
            case 12 -> new Operation.ForkUnref(life, reference(millis).id());
            default ->
                new Operation.Append(
                        life,
                        payload(false),
                        producer(),
                        random.nextInt(4) == 0 ? Optional.of("s" + random.nextInt(9)) : Optional.empty(),
                        random.nextInt(30) == 0);
        };
    }

    /** One that was made, most often one of the latest. */
    private ForkOrigin.Reference reference(long millis) {
        if (references.isEmpty()) {
            references.add(new ForkOrigin.Reference(Incarnation.of("g.998"), "g.997", millis));
        }
        int back = random.nextInt(Math.min(references.size(), 3));
        return references.get(references.size() - 1 - back);
    }

    private StreamConfiguration fork(long millis) {
        Optional<ForkOrigin.Reference> reference =
                random.nextInt(4) == 0 ? Optional.empty() : Optional.of(reference(millis));
        long position = random.nextInt(200);
        Optional<String> offset =
                random.nextBoolean() ? Optional.empty() : Optional.of(new OffsetToken(position, 5).text());
        return configuration(millis)
                .with(new ForkOrigin(
                        path(),
                        reference,
                        position,
                        5,
                        0,
                        new ForkOrigin.Requested(offset, random.nextInt(2)),
                        random.nextBoolean()));
    }

    private StreamConfiguration configuration(long millis) {
        Expiry expiry =
                switch (random.nextInt(4)) {
                    case 0 -> new Expiry.Sliding(Duration.ofSeconds(random.nextInt(100)));
                    case 1 -> new Expiry.Absolute(Instant.ofEpochMilli(millis + random.nextInt(100_000)));
                    default -> new Expiry.Never();
                };
        return new StreamConfiguration(new MediaType(pick(TYPES)), expiry);
    }

    private Payload payload(boolean mayBeEmpty) {
        if (mayBeEmpty && random.nextBoolean()) {
            return Payload.NONE;
        }
        byte[] value = pick(VALUES).getBytes(UTF_8);
        return value[0] == '[' && value.length > 2 && random.nextBoolean() ? new Payload(value, 2) : Payload.of(value);
    }

    private Optional<ProducerStamp> producer() {
        return random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new ProducerStamp("p" + random.nextInt(2), random.nextInt(2), random.nextInt(3)));
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
