package io.millrace.mapping.replay;

import static io.millrace.mapping.Samples.NOBODY;
import static io.millrace.mapping.Samples.PATH;
import static io.millrace.mapping.Samples.PLAIN;
import static io.millrace.mapping.Samples.TEXT;
import static io.millrace.mapping.Samples.append;
import static io.millrace.mapping.Samples.close;
import static io.millrace.mapping.Samples.creation;
import static io.millrace.mapping.Samples.delete;
import static io.millrace.mapping.Samples.id;
import static io.millrace.mapping.Samples.payload;
import static io.millrace.mapping.Samples.record;
import static io.millrace.mapping.Samples.sent;
import static io.millrace.mapping.Samples.stamp;
import static io.millrace.mapping.Samples.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.Samples.Heard;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.replay.Attempt.Step;
import io.millrace.mapping.stream.ProducerStamp;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** DESIGN.md 3, step by step; the gateway under test sends as {@code g}, another one as {@code h}. */
class AttemptTest {

    private static final long NOW = 1_000;
    private static final Step BARRIER = new Step.AwaitBarrier();

    private final Heard heard = new Heard();
    private final PartitionReplica replica = new PartitionReplica(new PartitionReplay(TopicKind.SHARED, 0), heard);

    private static Command.Append appending(String text, Optional<ProducerStamp> producer) {
        return new Command.Append(PATH, TEXT, new Command.Body.Fit(payload(text)), producer, Optional.empty(), false);
    }

    private static Command.Create creating() {
        return new Command.Create(PATH, PLAIN, Payload.NONE, false);
    }

    private static Command.Close closing() {
        return new Command.Close(PATH, NOBODY);
    }

    private Step next(Attempt attempt) {
        return attempt.next(replica, NOW);
    }

    private void send(String id, Operation operation) {
        replica.sending(sent(id, NOW, operation));
    }

    private void fetch(long offset, String id, Operation operation) {
        replica.onFetched(record(offset, sent(id, NOW, operation)));
    }

    private static Class<? extends Outcome> answered(Step step) {
        return step instanceof Step.Answer(Outcome outcome) ? outcome.getClass() : Outcome.class;
    }

    @Test
    void acceptedIsAnsweredWithWhatTheLogMadeOfIt() {
        Attempt attempt = new Attempt(creating());
        assertThat(next(attempt)).isEqualTo(new Step.Send(creation()));
        assertThat(attempt.isAccepted()).isFalse();
        send("g.1", creation());
        fetch(0, "g.1", creation());
        attempt.onSettled(heard.last());

        assertThat(attempt.isAccepted()).isTrue();
        assertThat(next(attempt)).isEqualTo(new Step.Answer(heard.last()));
    }

    /** An accepted outcome is final, whatever has become of the stream. */
    @Test
    void acceptedIsAnsweredAlthoughTheStreamIsGone() {
        Attempt attempt = new Attempt(creating());
        send("g.1", creation());
        fetch(0, "g.1", creation());
        attempt.onSettled(heard.last());
        fetch(1, "h.1", delete("g.1"));

        assertThat(answered(next(attempt))).isEqualTo(Outcome.Created.class);
    }

    /** Refusals of a stream that is open, closed or not there, each of which only a barrier makes true. */
    static Stream<Arguments> refusals() {
        Operation closed = new Operation.Create(PLAIN, Payload.NONE, true);
        return Stream.of(
                argumentSet("create of what stands", creation(), creating(), Outcome.Existing.class),
                argumentSet("append to what is closed", closed, appending("a", NOBODY), Outcome.AppendToClosed.class),
                argumentSet("close of what is closed", closed, closing(), Outcome.ClosedBefore.class),
                argumentSet("append to nothing", delete("x.1"), appending("a", NOBODY), Outcome.NoSuchStream.class));
    }

    @ParameterizedTest
    @MethodSource
    void refusals(Operation before, Command command, Class<? extends Outcome> expected) {
        fetch(0, "h.1", before);
        Attempt attempt = new Attempt(command);

        assertThat(next(attempt)).isEqualTo(BARRIER);
        assertThat(next(attempt)).isEqualTo(BARRIER);
        attempt.onBarrierPassed();
        assertThat(answered(next(attempt))).isEqualTo(expected);
    }

    @Test
    void barrierBringsWhatMakesItGo() {
        Attempt attempt = new Attempt(appending("a", NOBODY));
        assertThat(next(attempt)).isEqualTo(BARRIER);

        fetch(0, "h.1", creation());
        attempt.onBarrierPassed();

        assertThat(next(attempt)).isEqualTo(new Step.Send(append("h.1", "a")));
    }

    /** The trap: what rests on something in flight waits for it, and is judged again. */
    static Stream<Arguments> inFlight() {
        return Stream.of(
                argumentSet("duplicate", append("h.1", "a", stamp(0, 0)), appending("a", stamp(0, 0))),
                argumentSet("close", close("h.1", NOBODY), closing()),
                argumentSet("append after a close", close("h.1", NOBODY), appending("a", NOBODY)),
                argumentSet("append after a delete", delete("h.1"), appending("a", NOBODY)));
    }

    @ParameterizedTest
    @MethodSource
    void inFlight(Operation first, Command second) {
        fetch(0, "h.1", creation());
        Attempt attempt = new Attempt(second);
        attempt.onBarrierPassed(); // freshness is no excuse
        send("g.1", first);

        assertThat(next(attempt)).isEqualTo(new Step.AwaitSettled(id("g.1")));

        replica.abandonInFlight(); // the first send fails
        assertThat(next(attempt)).isInstanceOf(Step.Send.class);
    }

    @Test
    void createBesideACreateInFlightWaitsForIt() {
        Attempt attempt = new Attempt(creating());
        send("g.1", creation());
        assertThat(next(attempt)).isEqualTo(new Step.AwaitSettled(id("g.1")));

        replica.abandonInFlight();
        assertThat(next(attempt)).isEqualTo(new Step.Send(creation()));
    }

    @Test
    void duplicateIsAnsweredOnceItsFirstSendIsInTheLog() {
        fetch(0, "h.1", creation());
        send("g.1", append("h.1", "a", stamp(0, 0)));
        Attempt attempt = new Attempt(appending("a", stamp(0, 0)));
        assertThat(next(attempt)).isEqualTo(new Step.AwaitSettled(id("g.1")));

        fetch(1, "g.1", append("h.1", "a", stamp(0, 0)));
        assertThat(next(attempt)).isEqualTo(BARRIER);
        attempt.onBarrierPassed();
        assertThat(answered(next(attempt))).isEqualTo(Outcome.Duplicate.class);
    }

    /** The trap: the client would be told of a stream that never was. */
    @Test
    void appendOnALosingCreateIsSentAgainOnTheWinner() {
        send("g.1", creation());
        Attempt attempt = new Attempt(appending("a", NOBODY));
        assertThat(next(attempt)).isEqualTo(new Step.Send(append("g.1", "a")));
        send("g.2", append("g.1", "a"));
        fetch(0, "h.1", creation());
        fetch(1, "g.1", creation());
        fetch(2, "g.2", append("g.1", "a"));
        assertThat(heard.last()).isEqualTo(new Outcome.OtherIncarnation());
        attempt.onSettled(heard.last());

        assertThat(next(attempt)).isEqualTo(new Step.Send(append("h.1", "a")));
    }

    @Test
    void refusalByTheLogIsAsGoodAsABarrier() {
        fetch(0, "h.1", creation());
        Attempt attempt = new Attempt(appending("a", NOBODY));
        send("g.1", append("h.1", "a"));
        fetch(1, "h.2", close("h.1", NOBODY));
        fetch(2, "g.1", append("h.1", "a"));
        attempt.onSettled(heard.last());

        assertThat(answered(next(attempt))).isEqualTo(Outcome.AppendToClosed.class);
    }

    /** What is over by this clock only would be sent, and refused by the log, for ever. */
    @Test
    void afterARefusalTheLogsTimeCounts() {
        fetch(0, "h.1", new Operation.Create(until(1_500), Payload.NONE, false));
        Attempt attempt = new Attempt(creating());
        assertThat(attempt.next(replica, 2_000)).isInstanceOf(Step.Send.class);
        send("g.1", creation());
        fetch(1, "g.1", creation());
        attempt.onSettled(heard.last());

        assertThat(answered(attempt.next(replica, 2_000))).isEqualTo(Outcome.Existing.class);
    }

    /** The predecessor of a gap, or of an epoch that is not open, may be on its way. */
    static Stream<Arguments> held() {
        return Stream.of(
                argumentSet("gap", stamp(0, 1), Outcome.SequenceGap.class),
                argumentSet("epoch not opened", stamp(1, 1), Outcome.EpochNotOpened.class));
    }

    @ParameterizedTest
    @MethodSource
    void held(Optional<ProducerStamp> producer, Class<? extends Outcome> expected) {
        fetch(0, "h.1", creation());
        if (expected == Outcome.EpochNotOpened.class) {
            fetch(1, "h.2", append("h.1", "0", stamp(0, 0)));
        }
        Attempt attempt = new Attempt(appending("a", producer));
        assertThat(next(attempt)).isEqualTo(new Step.Hold());
        attempt.onHeld();
        assertThat(next(attempt)).isEqualTo(BARRIER);
        attempt.onBarrierPassed();
        assertThat(answered(next(attempt))).isEqualTo(expected);
    }

    @Test
    void heldAppendGoesWhenItsPredecessorCame() {
        fetch(0, "h.1", creation());
        Attempt attempt = new Attempt(appending("b", stamp(0, 1)));
        assertThat(next(attempt)).isEqualTo(new Step.Hold());

        send("g.1", append("h.1", "a", stamp(0, 0)));
        assertThat(next(attempt)).isEqualTo(new Step.Send(append("h.1", "b", stamp(0, 1))));
    }

    /** A stream on which something is always in flight does not keep a gap from its answer. */
    @Test
    void gapWaitsForABoundedNumberOfOthers() {
        fetch(0, "h.1", creation());
        Attempt attempt = new Attempt(appending("b", stamp(0, 5)));
        attempt.onHeld();
        attempt.onBarrierPassed();
        int waits = 0;
        for (int i = 1; next(attempt) instanceof Step.AwaitSettled || waits == 0; i++) {
            send("g." + i, append("h.1", "x"));
            waits++;
            assertThat(waits).isLessThan(10);
        }
        assertThat(answered(next(attempt))).isEqualTo(Outcome.SequenceGap.class);
    }
}
