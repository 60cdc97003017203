package io.millrace.mapping.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.Operation;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** docs/adr/0001, "Partition operations", line by line; the two newest checkpoints are always as of 100 and 200. */
class LogHistoryTest {

    private final LogHistory history = new LogHistory();

    @BeforeEach
    void twoCheckpoints() {
        history.judge(checkpoint(100, 7), 110);
        history.judge(checkpoint(200, 9), 210);
    }

    private static Operation.Checkpoint checkpoint(long asOf, long dead) {
        return new Operation.Checkpoint(new CheckpointName(asOf, "w.1", 1, "0".repeat(64)), 5, 0, dead);
    }

    static Stream<Arguments> checkpoints() {
        return Stream.of(
                argumentSet("above the last", 201, 300, true),
                argumentSet("as of its own offset", 300, 300, true),
                argumentSet("as of what follows it", 301, 300, false),
                argumentSet("as of the last", 200, 300, false),
                argumentSet("between the two", 150, 300, false),
                argumentSet("below both", 50, 300, false),
                argumentSet("as of the beginning", 0, 300, false));
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void checkpointIsJudged(long asOf, long offset, boolean accepted) {
        Operation.Checkpoint checkpoint = checkpoint(asOf, 11);

        Outcome outcome = history.judge(checkpoint, offset);

        assertThat(outcome)
                .isEqualTo(accepted ? new Outcome.Checkpointed(checkpoint) : new Outcome.CheckpointSuperseded());
        assertThat(history.newest()).contains(accepted ? checkpoint : checkpoint(200, 9));
        assertThat(history.older()).contains(accepted ? checkpoint(200, 9) : checkpoint(100, 7));
    }

    @Test
    void theFirstCheckpointMayBeAsOfTheBeginning() {
        assertThat(new LogHistory().judge(checkpoint(0, 0), 0)).isInstanceOf(Outcome.Checkpointed.class);
    }

    static Stream<Arguments> thinning() {
        return Stream.of(
                argumentSet("up to the older", 100, true),
                argumentSet("below the older", 41, true),
                argumentSet("up to the last thin-to", 40, false),
                argumentSet("below the last thin-to", 1, false),
                argumentSet("above the older", 101, false),
                argumentSet("up to the newest", 200, false));
    }

    @ParameterizedTest
    @MethodSource("thinning")
    void thinToIsJudged(long below, boolean accepted) {
        history.judge(new Operation.ThinTo(40));

        Outcome outcome = history.judge(new Operation.ThinTo(below));

        assertThat(outcome).isEqualTo(accepted ? new Outcome.Thinned(below) : new Outcome.NotThinned());
        assertThat(history.thinnedBelow()).isEqualTo(accepted ? below : 40);
    }

    @Test
    void oneCheckpointAllowsNoThinning() {
        LogHistory young = new LogHistory();
        young.judge(checkpoint(100, 7), 110);

        assertThat(young.judge(new Operation.ThinTo(50))).isInstanceOf(Outcome.NotThinned.class);
    }

    /** Only of the bound that is a checkpoint's it is known how many were dead there. */
    @Test
    void whatIsRemovedIsCountedAsTheCheckpointTells() {
        history.judge(new Operation.ThinTo(99));
        assertThat(history.thinned()).isZero();
        history.judge(new Operation.ThinTo(100));
        assertThat(history.thinned()).isEqualTo(7);
    }

    static Stream<Arguments> jumps() {
        return Stream.of(
                argumentSet("from the beginning", 0, true),
                argumentSet("just below", 99, true),
                argumentSet("from there on", 100, false),
                argumentSet("far above", 199, false));
    }

    @ParameterizedTest
    @MethodSource("jumps")
    void thinToAboveAJumpMeansThatSomethingWasMissed(long jump, boolean missed) {
        history.onJump(jump);
        Operation.ThinTo thinTo = new Operation.ThinTo(100);

        if (missed) {
            assertThatThrownBy(() -> history.judge(thinTo)).isInstanceOf(PartitionReplay.Thinned.class);
        } else {
            assertThat(history.judge(thinTo)).isEqualTo(new Outcome.Thinned(100));
            assertThat(history.isDoubtful()).isTrue();
        }
    }

    /** The lowest one counts, whatever came later. */
    @Test
    void laterJumpDoesNotHideTheFirst() {
        history.onJump(50);
        history.onJump(150);

        assertThat(history.jumps()).isEqualTo(2);
        assertThatThrownBy(() -> history.judge(new Operation.ThinTo(100))).isInstanceOf(PartitionReplay.Thinned.class);
    }

    @Test
    void aThinToThatIsNotAcceptedSaysNothingOfAJump() {
        history.onJump(50);

        assertThat(history.judge(new Operation.ThinTo(101))).isInstanceOf(Outcome.NotThinned.class);
        assertThat(history.isDoubtful()).isTrue();
    }

    @Test
    void verifiedJumpIsForgottenButCounted() {
        history.onJump(50);
        history.verified();

        assertThat(history.isDoubtful()).isFalse();
        assertThat(history.jumps()).isEqualTo(1);
        assertThat(history.judge(new Operation.ThinTo(100))).isEqualTo(new Outcome.Thinned(100));
    }

    @Test
    void theFirstOfAllHasNothingOlder() {
        LogHistory young = new LogHistory();
        assertThat(young.newest()).isEqualTo(Optional.empty());
        young.judge(checkpoint(10, 0), 11);
        assertThat(young.older()).isEqualTo(Optional.empty());
    }
}
