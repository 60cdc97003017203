package io.millrace.mapping.simulation.checkpoint;

import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.simulation.Worlds;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Of all {@link Worlds}. */
class CheckpointSimulationTest {

    private static final Worlds<Trap, World> WORLDS = new Worlds<>("worlds with checkpoints", World::new, Trap.NONE);

    @Test
    void noPromiseIsBrokenInAnyWorld() {
        WORLDS.keepTheirPromises(
                250,
                "Appended",
                "CheckpointSuperseded",
                "ClosedNow",
                "CounterRegression",
                "Created",
                "Deleted",
                "Duplicate",
                "Expired",
                "NotThinned",
                "ReferenceCancelled",
                "ReferenceVoid",
                "Referenced",
                "SoftDeleted",
                "StreamSeqRegression",
                "Thinned",
                "Unreferenced",
                "barrier asked anew",
                "checkpoint lost",
                "checkpoint not confirmed",
                "checkpoint on layers",
                "checkpoint on many layers",
                "checkpoint went while it was read",
                "cleaned",
                "crash",
                "doubt",
                "doubt cleared",
                "foreign",
                "landed twice",
                "late counter",
                "leap of a day",
                "leap of an hour",
                "load met a thinned log",
                "loaded from a checkpoint",
                "loaded from the beginning",
                "loaded in peace from a checkpoint",
                "no checkpoint in doubt",
                "parts removed",
                "replica thinned",
                "thinning broken off",
                "thinning without its checkpoint",
                "truncated",
                "whole checkpoint");
    }

    @Test
    void sameSeedMakesTheSameWorld() {
        WORLDS.areTheSameForTheSameSeed(10);
    }

    /** The complaint is the one that the trap must cause, not just any. */
    static Stream<Arguments> traps() {
        return Stream.of(
                argumentSet("jump unnoticed", Trap.JUMP_UNNOTICED, "differs at"),
                argumentSet("thin-to ignored", Trap.THIN_TO_IGNORED, "differs at"),
                argumentSet("cleared by an earlier barrier", Trap.CLEARED_BY_EARLIER_BARRIER, "differs at"),
                argumentSet("answers in doubt", Trap.ANSWERS_IN_DOUBT, "answers from what is not so"),
                argumentSet("writes in doubt", Trap.WRITES_IN_DOUBT, "the checkpoint as of"),
                argumentSet("unconfirmed used", Trap.UNCONFIRMED_USED, "differs at"),
                argumentSet("begins below the bound", Trap.BEGINS_BELOW_BOUND, "differs at"),
                argumentSet("visible removed", Trap.VISIBLE_REMOVED, "visible record"),
                argumentSet("second landing removed", Trap.SECOND_LANDING_REMOVED, "visible record"),
                argumentSet("setup removed", Trap.SETUP_REMOVED, "the setup is gone"),
                argumentSet("thins to the newest", Trap.THINS_TO_NEWEST, "differs at"),
                argumentSet("thins unannounced", Trap.THINS_UNANNOUNCED, "differs at"),
                argumentSet("announced afterwards", Trap.ANNOUNCED_AFTERWARDS, "differs at"),
                argumentSet("base tidied", Trap.BASE_TIDIED, "the partition cannot be loaded"),
                argumentSet(
                        "tidied though incomplete", Trap.TIDIED_THOUGH_INCOMPLETE, "the partition cannot be loaded"),
                argumentSet("rests on another", Trap.RESTS_ON_ANOTHER, "the checkpoint as of"),
                argumentSet("ended forgotten", Trap.ENDED_FORGOTTEN, "the checkpoint as of"),
                argumentSet("change forgotten", Trap.CHANGE_FORGOTTEN, "the checkpoint as of"),
                argumentSet("lives confused", Trap.LIVES_CONFUSED, "the checkpoint as of"),
                argumentSet("counters shuffled", Trap.COUNTERS_SHUFFLED, "the checkpoint as of"),
                argumentSet("cancelled forgotten", Trap.CANCELLED_FORGOTTEN, "the checkpoint as of"));
    }

    @ParameterizedTest
    @MethodSource("traps")
    void trapIsFound(Trap trap, String complaint) {
        WORLDS.find(trap, complaint, 300);
    }
}
