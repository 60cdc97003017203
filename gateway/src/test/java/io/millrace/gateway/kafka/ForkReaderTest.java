package io.millrace.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.existing.Caching;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Open;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** A fork at position 20 of a source that begins at 10, in parts as its partitions would give them. */
class ForkReaderTest {

    private static final RequestedOffset BEGINNING = new RequestedOffset.Beginning();
    private static final Open SOURCE = stream("source.1", 10, Optional.empty());
    private static final ForkOrigin ORIGIN = new ForkOrigin(
            StreamPath.of("source"),
            Optional.of(new ForkOrigin.Reference(SOURCE.incarnation(), "ref.1", 0)),
            20,
            SOURCE.incarnation().tag(),
            0,
            new ForkOrigin.Requested(Optional.empty(), 0),
            true);
    private static final Open FORK = stream("fork.1", 3, Optional.of(ORIGIN));
    private static final Open LATER = stream("later.1", 50, Optional.empty());
    private static final OffsetToken BOUNDARY = FORK.token(20);

    private final Script script = new Script();

    @Test
    void partsAreJoinedAndEachPositionHasItsHoldersToken() throws Exception {
        script.own(new Piece.Inherited(FORK, ORIGIN), records(FORK.extended(4), 20, 22, "c"));
        script.source(records(SOURCE, 10, 20, "a", "b"));
        ReadAnswer.Chunk chunk = chunk(100);
        assertThat(text(chunk)).isEqualTo("abc");
        assertThat(chunk.start()).isEqualTo(10);
        assertThat(chunk.next())
                .isEqualTo(new OffsetToken(22, FORK.incarnation().tag()));
        assertThat(chunk.token(20)).isEqualTo(BOUNDARY);
        assertThat(chunk.token(15).tag()).isEqualTo(SOURCE.incarnation().tag());
        assertThat(script.asked).containsExactly("own -1", "source -1 below 20", "own " + BOUNDARY);
    }

    @Test
    void aChunkThatIsFullBelowTheForkEndsThere() throws Exception {
        script.own(new Piece.Inherited(FORK, ORIGIN));
        script.source(records(SOURCE, 10, 15, "a"));
        ReadAnswer.Chunk chunk = chunk(1);
        assertThat(chunk.next()).isEqualTo(SOURCE.token(15));
        assertThat(chunk.upToDate()).isFalse();
    }

    @Test
    void aChunkThatIsFullAtTheForkStillAsksWhetherMoreFollows() throws Exception {
        script.own(new Piece.Inherited(FORK, ORIGIN), records(FORK, 20, 20));
        script.source(records(SOURCE, 10, 20, "a"));
        ReadAnswer.Chunk chunk = chunk(1);
        assertThat(chunk.next()).isEqualTo(BOUNDARY);
        assertThat(chunk.upToDate()).isTrue();
    }

    @Test
    void theStricterCachingHolds() throws Exception {
        script.own(new Piece.Inherited(FORK, ORIGIN), records(FORK, 20, 20));
        script.inheritances.add(new ForkReader.Inheritance(records(SOURCE, 10, 20, "a"), Caching.PRIVATE, "v"));
        ReadAnswer.Chunk chunk = chunk(100);
        assertThat(chunk.caching()).isEqualTo(Caching.PRIVATE);
        assertThat(chunk.variant()).isEqualTo("v");
    }

    @Test
    void whereTheSourceHasGoneTheForkIsLookedAtAgain() throws Exception {
        script.own(new Piece.Inherited(FORK, ORIGIN), records(LATER, 50, 51, "x"));
        script.source(new Piece.Refused(new ReadAnswer.NoSuchStream()));
        assertThat(text(chunk(100))).isEqualTo("x");
        assertThat(script.asked).containsExactly("own -1", "source -1 below 20", "refresh", "own -1");
    }

    @Test
    void whereAnotherStreamHasComeMeanwhileItIsReadFromItsBeginning() throws Exception {
        script.own(
                new Piece.Inherited(FORK, ORIGIN),
                new Piece.Refused(new ReadAnswer.BeyondTail(LATER.token(50))),
                records(LATER, 50, 51, "x"));
        script.source(records(SOURCE, 10, 20, "a"));
        assertThat(text(chunk(100))).isEqualTo("x");
    }

    @Test
    void whatIsGoneForGoodNamesWhatIsLeft() throws Exception {
        script.own(new Piece.Inherited(FORK, ORIGIN), new Piece.Inherited(FORK, ORIGIN));
        script.source(
                new Piece.Refused(new ReadAnswer.NoSuchStream()), new Piece.Refused(new ReadAnswer.NoSuchStream()));
        assertThat(ForkReader.read(script, BEGINNING, 100, _ -> false)).isEqualTo(new ReadAnswer.Gone(BOUNDARY));
    }

    private ReadAnswer.Chunk chunk(long bytes) throws Exception {
        ReadAnswer answer = ForkReader.read(script, BEGINNING, bytes, _ -> false);
        assertThat(answer).isInstanceOf(ReadAnswer.Chunk.class);
        return (ReadAnswer.Chunk) answer;
    }

    private static Open stream(String id, long offset, Optional<ForkOrigin> origin) {
        StreamConfiguration configuration =
                new StreamConfiguration(new MediaType("text/plain"), new Expiry.Never(), origin);
        return Absent.ABSENT.create(Incarnation.of(id), configuration, offset, 0);
    }

    private static Piece.Records records(Open stream, long start, long end, String... texts) {
        List<WireRecord> records = new ArrayList<>();
        for (String text : texts) {
            records.add(new WireRecord(start + records.size(), Payload.of(text.getBytes(UTF_8))));
        }
        return new Piece.Records(stream, start, end, records);
    }

    private static String text(ReadAnswer.Chunk chunk) {
        StringBuilder text = new StringBuilder();
        chunk.records()
                .forEach(record -> text.append(new String(record.payload().value(), UTF_8)));
        return text.toString();
    }

    /** Answers in the order that is written down, and notes the questions. */
    private static final class Script implements ForkReader.Parts {
        private final Deque<Piece> own = new ArrayDeque<>();
        private final Deque<ForkReader.Inheritance> inheritances = new ArrayDeque<>();
        private final List<String> asked = new ArrayList<>();

        void own(Piece... pieces) {
            own.addAll(List.of(pieces));
        }

        void source(Piece... pieces) {
            for (Piece piece : pieces) {
                inheritances.add(ForkReader.Inheritance.managed(piece));
            }
        }

        @Override
        public Piece own(RequestedOffset from, long bytes, Predicate<ReadAnswer.Chunk> has) {
            asked.add("own " + text(from));
            return own.remove();
        }

        @Override
        public ForkReader.Inheritance inherited(ForkOrigin origin, RequestedOffset from, long limit, long bytes) {
            asked.add(origin.source() + " " + text(from) + " below " + limit);
            return inheritances.remove();
        }

        @Override
        public void refresh() {
            asked.add("refresh");
        }

        private static String text(RequestedOffset from) {
            return from instanceof RequestedOffset.At(OffsetToken token) ? token.text() : "-1";
        }
    }
}
