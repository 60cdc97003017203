package io.millrace.mapping.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.judge.ProducerVerdict.Accepted;
import io.millrace.mapping.judge.ProducerVerdict.Duplicate;
import io.millrace.mapping.judge.ProducerVerdict.EpochNotOpened;
import io.millrace.mapping.judge.ProducerVerdict.Fenced;
import io.millrace.mapping.judge.ProducerVerdict.SequenceGap;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.ProducerState;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProducerVerdictTest {

    private static final long MAX = ProducerStamp.MAX;

    private static final @Nullable ProducerState UNKNOWN = null;

    private static ProducerState known(long epoch, long lastSeq) {
        return new ProducerState(epoch, lastSeq);
    }

    /** PROTOCOL.md 5.2.1, "Validation Logic", line by line. */
    static Stream<Arguments> validationLogic() {
        return Stream.of(
                argumentSet("older epoch", known(3, 7), 2L, 8L, new Fenced(3)),
                argumentSet("older epoch, seq 0", known(3, 7), 0L, 0L, new Fenced(3)),
                argumentSet("newer epoch, seq not 0", known(3, 7), 4L, 1L, new EpochNotOpened(4, 1)),
                argumentSet("newer epoch, the next seq", known(3, 7), 4L, 8L, new EpochNotOpened(4, 8)),
                argumentSet("newer epoch, seq 0", known(3, 7), 4L, 0L, new Accepted()),
                argumentSet("an epoch much newer", known(3, 7), MAX, 0L, new Accepted()),
                argumentSet("same epoch, first seq again", known(3, 7), 3L, 0L, new Duplicate(3, 7)),
                argumentSet("same epoch, last seq again", known(3, 7), 3L, 7L, new Duplicate(3, 7)),
                argumentSet("same epoch, next seq", known(3, 7), 3L, 8L, new Accepted()),
                argumentSet("same epoch, seq skipped", known(3, 7), 3L, 9L, new SequenceGap(8, 9)),
                argumentSet("unknown producer, seq 0", UNKNOWN, 0L, 0L, new Accepted()),
                argumentSet("unknown producer, any epoch", UNKNOWN, 9L, 0L, new Accepted()),
                argumentSet("unknown producer, seq not 0", UNKNOWN, 0L, 3L, new SequenceGap(0, 3)),
                argumentSet("the last seq that there is", known(3, MAX - 1), 3L, MAX, new Accepted()),
                argumentSet("the last seq again", known(3, MAX), 3L, MAX, new Duplicate(3, MAX)));
    }

    @ParameterizedTest
    @MethodSource
    void validationLogic(@Nullable ProducerState known, long epoch, long seq, ProducerVerdict expected) {
        assertThat(ProducerVerdict.of(known, new ProducerStamp("p", epoch, seq)))
                .isEqualTo(expected);
    }
}
