package io.millrace.mapping.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mapping.replay.Barriers.Barrier;
import org.junit.jupiter.api.Test;

class BarriersTest {

    private final Barriers barriers = new Barriers();

    @Test
    void nothingIsAskedForNobody() {
        assertThat(barriers.send()).isFalse();
    }

    @Test
    void passesOnceThePositionIsAtTheEnd() {
        Barrier barrier = barriers.arrive();
        assertThat(barriers.send()).isTrue();
        assertThat(barrier.passedAt(Long.MAX_VALUE)).isFalse();

        barriers.answered(10);

        assertThat(barrier.passedAt(9)).isFalse();
        assertThat(barrier.passedAt(10)).isTrue();
        assertThat(barrier.failed()).isFalse();
    }

    @Test
    void emptyLogIsPassedAtOnce() {
        Barrier barrier = barriers.arrive();
        barriers.send();

        barriers.answered(0);

        assertThat(barrier.passedAt(0)).isTrue();
    }

    @Test
    void manyShareOneQuestion() {
        Barrier one = barriers.arrive();
        Barrier other = barriers.arrive();
        assertThat(barriers.send()).isTrue();
        assertThat(barriers.send()).isFalse();

        barriers.answered(10);

        assertThat(one.passedAt(10)).isTrue();
        assertThat(other.passedAt(10)).isTrue();
        assertThat(barriers.send()).isFalse();
    }

    /** The trap: the question in flight may have been answered before the append that the late comer must not miss. */
    @Test
    void lateComerDoesNotJoinAQuestionThatWasSent() {
        Barrier early = barriers.arrive();
        barriers.send();
        Barrier late = barriers.arrive();
        assertThat(barriers.send()).isFalse();

        barriers.answered(10);

        assertThat(early.passedAt(10)).isTrue();
        assertThat(late.passedAt(Long.MAX_VALUE)).isFalse();
        assertThat(barriers.send()).isTrue();
        barriers.answered(11);
        assertThat(late.passedAt(10)).isFalse();
        assertThat(late.passedAt(11)).isTrue();
    }

    @Test
    void failureConcernsItsQuestionOnly() {
        Barrier early = barriers.arrive();
        barriers.send();
        Barrier late = barriers.arrive();

        barriers.failed();

        assertThat(early.failed()).isTrue();
        assertThat(early.passedAt(Long.MAX_VALUE)).isFalse();
        assertThat(late.failed()).isFalse();
        assertThat(barriers.send()).isTrue();
        barriers.answered(3);
        assertThat(late.passedAt(3)).isTrue();
        assertThat(early.passedAt(3)).isFalse();
    }
}
