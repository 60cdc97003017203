package io.millrace.mapping.simulation;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.replay.TopicKind;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of all {@link Worlds}. */
class SimulationTest {

    private static final Worlds<Trap, World> WORLDS = new Worlds<>("worlds", World::new, Trap.NONE);

    /** A trap is found in fewer worlds than this. */
    private static final int MOST = 150;

    @Test
    void noPromiseIsBrokenInAnyWorld() {
        WORLDS.keepTheirPromises(
                300,
                "Appended",
                "AppendToClosed",
                "Chunk",
                "ClosedBefore",
                "ClosedNow",
                "ContentTypeMismatch",
                "Created",
                "Deleted",
                "Duplicate",
                "EpochNotOpened",
                "Existing",
                "Fenced",
                "Found",
                "Gone",
                "NoSuchStream",
                "Over",
                "SequenceGap",
                "StreamSeqRegression",
                "TopicTaken",
                "Unavailable",
                "Undecided",
                "acknowledged late",
                "acknowledged without offset",
                "append of a losing create taken by the winner",
                "asked again at once",
                "copy dropped",
                "copy dropped with operations in flight",
                "crash",
                "producer replaced",
                "record delivered twice, DEDICATED",
                "record delivered twice, SHARED",
                "records deleted",
                "replayed from memory",
                "told live");
    }

    @Test
    void sameSeedMakesTheSameWorld() {
        WORLDS.areTheSameForTheSameSeed(20);
    }

    /** DESIGN.md, the traps in its order. The complaint is the one that the trap must cause, not just any. */
    static Stream<Arguments> traps() {
        return Stream.of(
                argumentSet(
                        "duplicate answered from speculation",
                        Trap.ANSWERS_DUPLICATE_FROM_SPECULATION,
                        "called a duplicate, but not there"),
                argumentSet(
                        "close answered from speculation",
                        Trap.ANSWERS_CLOSED_FROM_SPECULATION,
                        "the log never bore out ClosedBefore"),
                argumentSet(
                        "create answered from speculation",
                        Trap.ANSWERS_EXISTING_FROM_SPECULATION,
                        "the log never bore out Existing"),
                argumentSet("answers when acknowledged", Trap.ANSWERS_WHEN_ACKNOWLEDGED, "but the log refused it"),
                argumentSet(
                        "append of a losing create is refused",
                        Trap.REFUSES_APPEND_OF_LOSER,
                        "the log never bore out NoSuchStream"),
                argumentSet("incarnation unchecked", Trap.INCARNATION_UNCHECKED, "data of another content type"),
                argumentSet("counter unchecked", Trap.COUNTER_UNCHECKED, "is visible twice"),
                argumentSet("counter restarted", Trap.COUNTER_RESTARTED, "goes round in circles"),
                argumentSet("handed over late", Trap.HANDED_OVER_LATE, "an alarm at the first record"),
                argumentSet("any acknowledgement replayed", Trap.ANY_ACKNOWLEDGEMENT_REPLAYED, "differs at"),
                argumentSet("missing offset guessed", Trap.MISSING_OFFSET_GUESSED, "differs at"),
                argumentSet("lost kept in flight", Trap.LOST_KEPT_IN_FLIGHT, "is stuck"),
                argumentSet("lost sent again", Trap.LOST_SENT_AGAIN, "took effect"),
                argumentSet("dropped sent again", Trap.DROPPED_SENT_AGAIN, "took effect"),
                argumentSet("settled begun anew", Trap.SETTLED_BEGUN_ANEW, "took effect"),
                argumentSet("unavailable at deadline", Trap.UNAVAILABLE_AT_DEADLINE, "was told Unavailable"),
                argumentSet("unavailable at loss", Trap.UNAVAILABLE_AT_LOSS, "was told Unavailable"),
                argumentSet("unavailable at drop", Trap.UNAVAILABLE_AT_DROP, "was told Unavailable"),
                argumentSet("refuses without barrier", Trap.REFUSES_WITHOUT_BARRIER, "the log never bore out"),
                argumentSet(
                        "offset refused without barrier",
                        Trap.OFFSET_REFUSED_WITHOUT_BARRIER,
                        "a served offset is beyond the tail"),
                argumentSet("foreign tag accepted", Trap.FOREIGN_TAG_ACCEPTED, "read from "),
                argumentSet("reads without barrier", Trap.READS_WITHOUT_BARRIER, "stale: "),
                argumentSet("barrier joins sent question", Trap.BARRIER_JOINS_SENT_QUESTION, "stale: "),
                argumentSet("barrier awaits last record", Trap.BARRIER_AWAITS_LAST_RECORD, "is stuck"),
                argumentSet("serves stale data", Trap.SERVES_STALE_DATA, "stale data of a former life"),
                argumentSet("hearing counts as fresh", Trap.HEARING_COUNTS_AS_FRESH, "stale data of a former life"),
                argumentSet("live before up to date", Trap.LIVE_BEFORE_UP_TO_DATE, "stale: nothing but"),
                argumentSet("change unheard", Trap.CHANGE_UNHEARD, "was left behind"),
                argumentSet("judges by own clock", Trap.JUDGES_BY_OWN_CLOCK, "differs at"));
    }

    @ParameterizedTest
    @MethodSource("traps")
    void trapIsFound(Trap trap, String complaint) {
        WORLDS.find(trap, complaint, MOST);
    }

    /** A dedicated partition forgets its counters with its stream; until then they count there as well. */
    @Test
    void counterIsMissedInDedicatedTopicsToo() {
        WORLDS.find(Trap.COUNTER_UNCHECKED, "is visible twice", MOST, world -> world.kind == TopicKind.DEDICATED);
    }
}
