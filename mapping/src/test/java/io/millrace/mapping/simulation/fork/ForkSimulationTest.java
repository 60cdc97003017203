package io.millrace.mapping.simulation.fork;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.simulation.Worlds;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of all {@link Worlds}. */
class ForkSimulationTest {

    private static final Worlds<Trap, World> WORLDS = new Worlds<>("worlds with forks", World::new, Trap.NONE);

    @Test
    void noPromiseIsBrokenInAnyWorld() {
        WORLDS.keepTheirPromises(
                1_000,
                "Fork: Created",
                "Fork: Existing",
                "Fork: ForkPointRefused",
                "Fork: NoSuchSource",
                "Fork: PathHeld",
                "Fork: SourceSoftDeleted",
                "Fork: TopicTaken",
                "Fork: Unavailable",
                "Fork: Undecided",
                "Read: Chunk",
                "Read: Ended",
                "begun anew with another reference",
                "cancel met its fork",
                "cascade",
                "copy dropped with an operation in flight",
                "crash",
                "create met its cancelled reference",
                "create undecided",
                "fork created after the end of its source",
                "fork created in the place of an expired stream",
                "fork lost its path",
                "fork lost its path to one of another source",
                "fork was there as asked for",
                "gone under a read",
                "inherited part read behind the log",
                "leap",
                "load from the end of a dedicated stream compared",
                "loaded from the end of a dedicated stream",
                "native data",
                "pause",
                "producer replaced",
                "read through a fork of a fork",
                "reference collected",
                "reference lapsed",
                "reference refused by the log",
                "reference undecided",
                "soft-deleted by Delete",
                "soft-deleted by Expire",
                "source ended before the reference",
                "source gone with its last fork, DEDICATED",
                "source gone with its last fork, SHARED");
    }

    @Test
    void sameSeedMakesTheSameWorld() {
        WORLDS.areTheSameForTheSameSeed(20);
    }

    /** The complaint is the one that the trap must cause, not just any. */
    static Stream<Arguments> traps() {
        String unreferenced = "is a fork without a reference in";
        String untrue = "was told what never was true";
        return Stream.of(
                argumentSet("unreferences without cancel", Trap.UNREFERENCES_WITHOUT_CANCEL, unreferenced),
                argumentSet("creates before reference", Trap.CREATES_BEFORE_REFERENCE, unreferenced),
                argumentSet("cancelled not remembered", Trap.CANCELLED_NOT_REMEMBERED, unreferenced),
                argumentSet("reference age unchecked", Trap.REFERENCE_AGE_UNCHECKED, unreferenced),
                argumentSet("reset forgets cancelled", Trap.RESET_FORGETS_CANCELLED, unreferenced),
                argumentSet("releases undecided", Trap.RELEASES_UNDECIDED, unreferenced),
                argumentSet("releases before end", Trap.RELEASES_BEFORE_END, unreferenced),
                argumentSet("source dropped", Trap.SOURCE_DROPPED, unreferenced),
                argumentSet("nothing collected", Trap.NOTHING_COLLECTED, "leaks: "),
                argumentSet("target without barrier", Trap.TARGET_WITHOUT_BARRIER, untrue),
                argumentSet("source without barrier", Trap.SOURCE_WITHOUT_BARRIER, untrue),
                argumentSet("inherited without barrier", Trap.INHERITED_WITHOUT_BARRIER, "reading s/"),
                argumentSet("gone without barrier", Trap.GONE_WITHOUT_BARRIER, untrue),
                argumentSet("forked at tail", Trap.FORKED_AT_TAIL, "forked elsewhere"),
                argumentSet("loser told created", Trap.LOSER_TOLD_CREATED, "was told that "));
    }

    @ParameterizedTest
    @MethodSource("traps")
    void trapIsFound(Trap trap, String complaint) {
        WORLDS.find(trap, complaint, 2_000);
    }
}
