package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeliveryCheckTest {

    /** What a reader gets of a writer that has had four messages acknowledged. */
    static Stream<Arguments> deliveries() {
        return Stream.of(
                argumentSet("all in order", List.of(0, 1, 2, 3), new Verdict(4, 0, 0, 0, 0)),
                argumentSet("nothing", List.of(), new Verdict(0, 4, 0, 0, 0)),
                argumentSet("the first is lost", List.of(1, 2, 3), new Verdict(3, 1, 0, 0, 0)),
                argumentSet("one in the middle is lost", List.of(0, 1, 3), new Verdict(3, 1, 0, 0, 0)),
                argumentSet("the last is lost", List.of(0, 1, 2), new Verdict(3, 1, 0, 0, 0)),
                argumentSet("one comes twice at once", List.of(0, 1, 1, 2, 3), new Verdict(5, 0, 1, 0, 0)),
                argumentSet("one comes again later", List.of(0, 1, 2, 3, 0), new Verdict(5, 0, 1, 0, 0)),
                argumentSet("two are swapped", List.of(0, 2, 1, 3), new Verdict(4, 0, 0, 1, 0)),
                argumentSet("one that was never sent", List.of(0, 1, 2, 3, 4), new Verdict(5, 0, 0, 0, 1)),
                argumentSet("one far beyond all", List.of(0, 1, 2, 3, 999_999_999), new Verdict(5, 0, 0, 0, 1)));
    }

    @ParameterizedTest
    @MethodSource("deliveries")
    void says(List<Integer> seqs, Verdict verdict) {
        DeliveryCheck check = new DeliveryCheck(1);
        seqs.forEach(seq -> check.onMessage(new Message(0, seq, 0)));
        assertThat(check.verdict(new int[] {4})).isEqualTo(verdict);
        assertThat(verdict.isClean()).isEqualTo(seqs.equals(List.of(0, 1, 2, 3)));
    }

    @Test
    void ordersEachWriterByItself() {
        DeliveryCheck check = new DeliveryCheck(2);
        check.onMessage(new Message(1, 0, 0));
        check.onMessage(new Message(0, 0, 0));
        check.onMessage(new Message(1, 1, 0));
        assertThat(check.verdict(new int[] {1, 2})).isEqualTo(new Verdict(3, 0, 0, 0, 0));
        assertThat(check.verdict(new int[] {1, 3})).isEqualTo(new Verdict(3, 1, 0, 0, 0));
    }

    @Test
    void takesWritersFromSomeNumberOn() {
        DeliveryCheck check = new DeliveryCheck(7, 1);
        check.onMessage(new Message(7, 0, 0));
        check.onMessage(new Message(6, 0, 0));
        check.onMessage(new Message(8, 0, 0));
        assertThat(check.verdict(new int[] {1})).isEqualTo(new Verdict(3, 0, 0, 0, 2));
    }

    @Test
    void missesNothingOfWhatAReaderSkips() {
        DeliveryCheck check = new DeliveryCheck(1);
        check.skip(2);
        check.onMessage(new Message(0, 2, 0));
        assertThat(check.verdict(new int[] {3})).isEqualTo(new Verdict(1, 0, 0, 0, 0));
        check.onMessage(new Message(0, 1, 0));
        assertThat(check.verdict(new int[] {3})).isEqualTo(new Verdict(2, 0, 1, 0, 0));
    }

    @Test
    void tellsTheOrderOfTwoWritersApart() {
        DeliveryCheck one = new DeliveryCheck(2);
        DeliveryCheck same = new DeliveryCheck(2);
        DeliveryCheck other = new DeliveryCheck(2);
        Stream.of(one, same).forEach(check -> {
            check.onMessage(new Message(0, 0, 0));
            check.onMessage(new Message(1, 0, 0));
        });
        other.onMessage(new Message(1, 0, 0));
        other.onMessage(new Message(0, 0, 0));
        assertThat(other.verdict(new int[] {1, 1}).isClean())
                .as("neither writer is reordered")
                .isTrue();
        assertThat(same.order()).isEqualTo(one.order());
        assertThat(other.order()).isNotEqualTo(one.order());
    }

    @Test
    void countsWhatIsNoMessageAndWhatIsNobodys() {
        DeliveryCheck check = new DeliveryCheck(1);
        check.onGarbled();
        check.onMessage(new Message(1, 0, 0));
        assertThat(check.verdict(new int[] {0})).isEqualTo(new Verdict(2, 0, 0, 0, 2));
    }
}
