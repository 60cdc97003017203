package io.millrace.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.PartitionState;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.gateway.log.Watch;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.http.StartPoint;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class LiveReaderTest {

    private static final StreamPath PATH = StreamPath.of("stream");
    private static final Standing STREAM = Absent.ABSENT
            .create(
                    Incarnation.of("gateway.1"),
                    new StreamConfiguration(new MediaType("text/plain"), new Expiry.Never()),
                    0,
                    0)
            .extended(2);

    /** "You have everything" is told once on Kafka's word; what follows it is told as it is replayed. */
    @Test
    void readsWithBarriersUntilItHasCaughtUp() throws Exception {
        ScriptedLog log = new ScriptedLog(chunk(0, 1), chunk(1, 2), chunk(2, 3), chunk(3, 3), chunk(3, 3));
        try (LiveReader reader = new LiveReaders(log, 1).open(PATH)) {
            ReadAnswer answer = reader.readLatest(new RequestedOffset.Beginning());
            for (int i = 0; i < 4; i++) {
                assertThat(answer).isInstanceOf(Chunk.class);
                answer = reader.readOn((Chunk) answer).orElseThrow();
            }
        }
        assertThat(log.asked)
                .containsExactly(
                        Freshness.LATEST, Freshness.LATEST, Freshness.LATEST, Freshness.REPLAYED, Freshness.REPLAYED);
    }

    @Test
    void placesAreBoundedAndGivenBackOnce() throws Exception {
        LiveReaders readers = new LiveReaders(new ScriptedLog(), 1);
        LiveReader only = readers.open(PATH);
        assertThatThrownBy(() -> readers.open(PATH)).isInstanceOf(LogFailure.Unavailable.class);
        only.close();
        only.close();
        try (LiveReader _ = readers.open(PATH)) {
            assertThatThrownBy(() -> readers.open(PATH)).isInstanceOf(LogFailure.Unavailable.class);
        }
    }

    private static Chunk chunk(long start, long end) {
        List<WireRecord> records = new ArrayList<>();
        for (long position = start; position < end; position++) {
            records.add(new WireRecord(position, Payload.of(new byte[] {'x'})));
        }
        return new Chunk(STREAM, start, end, records);
    }

    /** A log whose reads are written down, and which notes how fresh they were to be. */
    private static final class ScriptedLog implements StreamLog {
        private final Deque<ReadAnswer> answers;
        private final List<Freshness> asked = new ArrayList<>();

        ScriptedLog(ReadAnswer... answers) {
            this.answers = new ArrayDeque<>(List.of(answers));
        }

        @Override
        public ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness, Predicate<Chunk> has) {
            asked.add(freshness);
            return answers.remove();
        }

        @Override
        public Optional<OffsetToken> locate(StreamPath path, StartPoint start) {
            throw new AssertionError("a live reader has an offset");
        }

        @Override
        public Watch watch(StreamPath path) {
            return new Watch() {
                @Override
                public boolean await(Duration timeout) {
                    return true;
                }

                @Override
                public void wake() {}

                @Override
                public void close() {}
            };
        }

        @Override
        public Outcome execute(Command command) {
            throw new AssertionError("a reader does not write");
        }

        @Override
        public Outcome fork(ForkRequest request) {
            throw new AssertionError("a reader does not write");
        }

        @Override
        public StreamState find(StreamPath path) {
            throw new AssertionError("a reader reads");
        }

        @Override
        public Optional<PartitionState> state(String topic, int partition) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<String> trouble() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
