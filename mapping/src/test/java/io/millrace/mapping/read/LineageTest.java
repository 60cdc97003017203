package io.millrace.mapping.read;

import static io.millrace.mapping.ForkSamples.TAIL;
import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.TEXT;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.stream.StreamState.Absent.ABSENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.mapping.Samples.Heard;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Retained;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Whose tokens are whose along a fork, and what a chain of forks reads as. */
class LineageTest {

    private static final Open ROOT =
            ABSENT.create(Incarnation.of("g.1"), PLAIN, 10, 1).extended(19);
    private static final long ROOT_TAG = ROOT.incarnation().tag();

    private static Open fork(String id, Open source, long position, long offset) {
        ForkOrigin origin = new ForkOrigin(
                StreamPath.of("s"),
                Optional.empty(),
                position,
                source.token(position).tag(),
                0,
                TAIL,
                false);
        return ABSENT.create(Incarnation.of(id), PLAIN.with(origin), offset, 1);
    }

    private static OffsetToken token(long position, long tag) {
        return new OffsetToken(position, tag);
    }

    @Test
    void ownReadsHaveOwnTokens() {
        assertThat(Lineage.OWN.token(ROOT, 12)).isEqualTo(token(12, ROOT_TAG));
    }

    /** PROTOCOL.md 8: up to and including the fork position, tokens are the source's. */
    @Test
    void tokensAreTheHoldersUpToTheEndOfTheirPart() {
        Open middle = fork("g.2", ROOT, 14, 100).extended(105);
        Open fork = fork("g.3", middle, 17, 3).extended(3);
        long middleTag = middle.incarnation().tag();
        long tag = fork.incarnation().tag();
        Lineage lineage = new Lineage(List.of(new Lineage.Part(ROOT, 14), new Lineage.Part(middle, 17)));

        assertThat(lineage.token(fork, 10)).isEqualTo(token(10, ROOT_TAG));
        assertThat(lineage.token(fork, 14)).isEqualTo(token(14, ROOT_TAG));
        assertThat(lineage.token(fork, 15)).isEqualTo(token(15, middleTag));
        assertThat(lineage.token(fork, 17)).isEqualTo(token(17, middleTag));
        assertThat(lineage.token(fork, 18)).isEqualTo(token(18, tag));
    }

    @Test
    void forkOfAForkAtItsBeginningHasTheRootsToken() {
        Open middle = fork("g.2", ROOT, 14, 100);
        Open fork = fork("g.3", middle, 14, 3);

        assertThat(fork.token(14)).isEqualTo(middle.token(14)).isEqualTo(token(14, ROOT_TAG));
    }

    @Test
    void partsHaveNoTokensBelowTheirHolders() {
        Open middle = fork("g.2", ROOT, 14, 100).extended(105);
        Lineage lineage = new Lineage(List.of(new Lineage.Part(middle, 17)));

        assertThat(lineage.token(middle, 14)).isEqualTo(token(14, ROOT_TAG));
        assertThatIllegalArgumentException().isThrownBy(() -> lineage.token(middle, 13));
    }

    // ---- chains of forks, at random

    /** What a read gives: records in order, the position after each, and the token of the read's end. */
    private record Chunk(List<String> values, List<OffsetToken> ends, OffsetToken next, boolean upToDate) {}

    /**
     * A stream, alone in its partition, and what it is to read as.
     *
     * @param values  its own records, by Kafka offset
     * @param content all that its readers see, in order
     * @param tokens  where a reader of it can stand: before its first record, and after each
     */
    private record Stood(
            PartitionReplay replay, Map<Long, String> values, List<String> content, List<OffsetToken> tokens) {}

    /** A partition per stream, each beginning somewhere else, and the model beside it. */
    private static final class World {
        private final Random random;
        private final List<StreamPath> paths = new ArrayList<>();
        private final Map<StreamPath, Stood> streams = new HashMap<>();
        private long counter;

        World(long seed) {
            this.random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
        }

        private void write(StreamPath path, Operation operation) {
            PartitionReplay replay = stream(path).replay();
            long offset = replay.position() + (random.nextInt(4) == 0 ? random.nextInt(5) : 0);
            Sent sent = new Sent(path, new OperationId("g", ++counter), 1_000, operation);
            replay.replay(record(offset, sent), new Heard());
            String value =
                    switch (operation) {
                        case Operation.Create create -> text(create.payload());
                        case Operation.Append append -> text(append.payload());
                        case Operation _ -> "";
                    };
            if (!value.isEmpty()) {
                stream(path).values().put(offset, value);
            }
        }

        private static String text(Payload payload) {
            return new String(payload.value(), java.nio.charset.StandardCharsets.UTF_8);
        }

        private Stood stream(StreamPath path) {
            return Objects.requireNonNull(streams.get(path));
        }

        private Retained state(StreamPath path) {
            return (Retained) stream(path).replay().state(path);
        }

        private StreamPath begin() {
            StreamPath path = StreamPath.of("s/" + paths.size());
            paths.add(path);
            PartitionReplay replay = new PartitionReplay(TopicKind.SHARED, 0);
            replay.skipTo(random.nextInt(500));
            streams.put(path, new Stood(replay, new HashMap<>(), new ArrayList<>(), new ArrayList<>()));
            return path;
        }

        StreamPath root() {
            StreamPath path = begin();
            write(path, creation());
            stream(path).tokens().add(state(path).token(state(path).begin()));
            grow(path);
            return path;
        }

        /** Appends, and void records between them. */
        private void grow(StreamPath path) {
            for (int i = random.nextInt(6); i > 0; i--) {
                String life = state(path).incarnation().id();
                if (random.nextInt(3) == 0) {
                    write(path, append("x.1", "void"));
                }
                String value = path.text() + "#" + random.nextInt(1_000);
                write(path, append(life, value));
                stream(path).content().add(value);
                stream(path).tokens().add(state(path).token(state(path).tail()));
            }
        }

        /** Forks {@code source} at any place that a reader of it can stand at. */
        StreamPath fork(StreamPath source) {
            int at = random.nextInt(stream(source).tokens().size());
            OffsetToken point = stream(source).tokens().get(at);
            StreamPath path = begin();
            Incarnation life = state(source).incarnation();
            write(source, new Operation.ForkRef(life, path));
            ForkOrigin origin = new ForkOrigin(
                    source,
                    Optional.of(new ForkOrigin.Reference(life, "g." + counter, 1_000)),
                    point.position(),
                    point.tag(),
                    0,
                    TAIL,
                    false);
            boolean filled = random.nextBoolean();
            StreamConfiguration configuration = new StreamConfiguration(TEXT, new Expiry.Never(), Optional.of(origin));
            write(path, new Operation.Create(configuration, filled ? payload("first") : Payload.NONE, false));
            stream(path).content().addAll(stream(source).content().subList(0, at));
            stream(path).tokens().addAll(stream(source).tokens().subList(0, at + 1));
            if (filled) {
                stream(path).content().add("first");
                stream(path).tokens().add(state(path).token(state(path).tail()));
            }
            grow(path);
            if (random.nextBoolean()) {
                grow(source); // what comes later is not the fork's
            }
            if (random.nextInt(3) == 0) {
                write(source, new Operation.Delete(life)); // nor does it matter that the source ends
            }
            return path;
        }

        // The stitcher: the plan of each level, down to the one that has what is asked for, and up again.

        private record Level(ForkOrigin origin, long limit) {}

        Chunk read(StreamPath path, RequestedOffset from, long bytes) {
            PartitionReplay own = stream(path).replay();
            ReadPlan plan = ReadPlan.of(own.stream(path), from, bytes, 1_000);
            if (!(plan instanceof ReadPlan.Inherited(Retained fork, ForkOrigin origin))) {
                return own(path, plan, Lineage.OWN, new ArrayList<>(), new ArrayList<>());
            }
            List<String> found = new ArrayList<>();
            List<Long> ends = new ArrayList<>();
            List<Lineage.Part> parts = new ArrayList<>();
            Deque<Level> levels = new ArrayDeque<>();
            levels.push(new Level(origin, origin.position()));
            RequestedOffset next = from;
            while (!levels.isEmpty()) {
                Level level = levels.getFirst();
                StreamPath source = level.origin().source();
                Incarnation life = level.origin().reference().orElseThrow().source();
                ReadPlan part =
                        ReadPlan.ofSource(stream(source).replay().stream(source), life, next, level.limit(), bytes);
                switch (part) {
                    case ReadPlan.Inherited(Retained _, ForkOrigin deeper) ->
                        levels.push(new Level(deeper, Math.min(level.limit(), deeper.position())));
                    case ReadPlan.Range range -> {
                        take(source, range, found, ends);
                        parts.add(new Lineage.Part(range.stream(), range.end()));
                        if (range.end() < level.limit()) {
                            return chunk(fork, new Lineage(parts), found, ends, range.end(), false);
                        }
                        next = ascend(levels, range.end());
                    }
                    case ReadPlan.Passed passed -> {
                        assertThat(passed.end()).isEqualTo(level.limit());
                        parts.add(new Lineage.Part(passed.stream(), passed.end()));
                        next = ascend(levels, passed.end());
                    }
                    case ReadPlan other -> throw new AssertionError(source + ": " + other);
                }
            }
            return own(path, ReadPlan.of(own.stream(path), next, bytes, 1_000), new Lineage(parts), found, ends);
        }

        private static RequestedOffset ascend(Deque<Level> levels, long end) {
            Level last = levels.pop();
            while (!levels.isEmpty() && levels.getFirst().limit() <= end) {
                last = levels.pop();
            }
            return new RequestedOffset.At(
                    new OffsetToken(last.origin().position(), last.origin().tag()));
        }

        private Chunk own(StreamPath path, ReadPlan plan, Lineage lineage, List<String> found, List<Long> ends) {
            return switch (plan) {
                case ReadPlan.Range range -> {
                    take(path, range, found, ends);
                    yield chunk(range.stream(), lineage, found, ends, range.end(), range.reachesTail());
                }
                case ReadPlan.AtTail(Retained stream) -> chunk(stream, lineage, found, ends, stream.tail(), true);
                case ReadPlan other -> throw new AssertionError(path + ": " + other);
            };
        }

        private void take(StreamPath path, ReadPlan.Range range, List<String> found, List<Long> ends) {
            OffsetIndex index = stream(path).replay().stream(path).orElseThrow().index();
            for (int i = range.from(); i < range.to(); i++) {
                found.add(stream(path).values().getOrDefault(index.offset(i), "nothing"));
                ends.add(range.stream().position(index.offset(i)) + 1);
            }
        }

        private static Chunk chunk(
                Retained stream, Lineage lineage, List<String> found, List<Long> ends, long end, boolean upToDate) {
            return new Chunk(
                    found,
                    ends.stream()
                            .map(position -> lineage.token(stream, position))
                            .toList(),
                    lineage.token(stream, end),
                    upToDate);
        }
    }

    /** Every read of every fork gives the model's content, from wherever it begins and in whatever chunks. */
    @RepeatedTest(300)
    void chainOfForksReadsAsWhatItWasForkedFrom(RepetitionInfo repetition) {
        World world = new World(repetition.getCurrentRepetition());
        StreamPath last = world.root();
        for (int i = 0; i < 5; i++) {
            List<StreamPath> standing = world.paths.stream()
                    .filter(path -> world.state(path) instanceof StreamState.Standing)
                    .toList();
            last = world.fork(
                    world.random.nextBoolean() && standing.contains(last)
                            ? last
                            : standing.get(world.random.nextInt(standing.size())));
        }
        for (StreamPath path : world.paths) {
            if (!(world.state(path) instanceof StreamState.Standing)) {
                assertThat(ReadPlan.of(
                                world.stream(path).replay().stream(path), new RequestedOffset.Beginning(), 9, 1_000))
                        .isEqualTo(new ReadPlan.Ended());
                continue;
            }
            List<String> content = world.stream(path).content();
            List<OffsetToken> tokens = world.stream(path).tokens();
            assertThat(tokens).isSortedAccordingTo(OffsetToken::compareTo).doesNotHaveDuplicates();
            for (long bytes : new long[] {1, 20, 1_000}) {
                follow(world, path, new RequestedOffset.Beginning(), bytes, content, tokens);
                for (int i = 0; i < tokens.size(); i++) {
                    follow(
                            world,
                            path,
                            new RequestedOffset.At(tokens.get(i)),
                            bytes,
                            content.subList(i, content.size()),
                            tokens.subList(i, tokens.size()));
                }
            }
        }
    }

    private static void follow(
            World world,
            StreamPath path,
            RequestedOffset from,
            long bytes,
            List<String> content,
            List<OffsetToken> tokens) {
        List<String> found = new ArrayList<>();
        RequestedOffset next = from;
        while (true) {
            Chunk chunk = world.read(path, next, bytes);
            assertThat(chunk.ends())
                    .isEqualTo(tokens.subList(
                            found.size() + 1, found.size() + 1 + chunk.ends().size()));
            found.addAll(chunk.values());
            if (chunk.upToDate()) {
                assertThat(chunk.next()).isEqualTo(tokens.getLast());
                break;
            }
            assertThat(chunk.values()).isNotEmpty();
            assertThat(tokens).contains(chunk.next());
            next = new RequestedOffset.At(chunk.next());
        }
        assertThat(found).as("%s from %s by %d", path, from, bytes).isEqualTo(content);
    }
}
