package io.millrace.gateway.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextWatchTest {

    private final Written written = new Written();
    private final TextWatch<String> watch = new TextWatch<>("test", written, "first");

    /** Texts that begin with "bad" are refused, "broken" ones break whoever takes them, and empty ones cannot be read. */
    private static final class Written implements TextWatch.Subject<String> {
        private final List<String> tried = new ArrayList<>();
        private String text = "first";

        @Override
        public String read(String before) throws TextWatch.Refused {
            if (text.isEmpty()) {
                throw new TextWatch.Refused("nothing there");
            }
            return text;
        }

        @Override
        public void take(String taken) throws TextWatch.Refused {
            tried.add(taken);
            if (taken.startsWith("bad")) {
                throw new TextWatch.Refused(taken + " is wrong");
            }
            if (taken.equals("broken")) {
                throw new IllegalStateException("surprise");
            }
        }
    }

    @Test
    void whatStandsIsNotTakenAgain() {
        looks("first", 3);
        assertThat(written.tried).isEmpty();
        assertThat(watch.trouble()).isEmpty();
    }

    @Test
    void whatIsSaidTwiceInARowIsTakenOnce() {
        looks("half", 1);
        looks("whole", 1);
        assertThat(written.tried).isEmpty();
        looks("whole", 3);
        assertThat(written.tried).containsExactly("whole");
    }

    @Test
    void whatIsWrongIsTriedOnceAndIsTroubleUntilItIsMended() {
        looks("bad", 4);
        assertThat(written.tried).containsExactly("bad");
        assertThat(watch.trouble()).contains("bad is wrong");
        looks("first", 2);
        assertThat(written.tried).containsExactly("bad", "first");
        assertThat(watch.trouble()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsTroubleWhileItCannot() {
        looks("", 2);
        assertThat(watch.trouble()).contains("nothing there");
        looks("first", 1);
        assertThat(watch.trouble()).isEmpty();
        assertThat(written.tried).isEmpty();
    }

    /** A file that cannot be read for a moment does not make good what was refused before. */
    @Test
    void whatWasRefusedIsStillRefusedAfterATimeUnread() {
        looks("bad", 2);
        looks("", 1);
        looks("bad", 1);
        assertThat(watch.trouble()).contains("bad is wrong");
        assertThat(written.tried).containsExactly("bad");
    }

    @Test
    void whatBreaksItsTakerIsTroubleAndTheNextIsTaken() {
        looks("broken", 3);
        assertThat(watch.trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble).contains("surprise"));
        looks("good", 2);
        assertThat(written.tried).containsExactly("broken", "good");
        assertThat(watch.trouble()).isEmpty();
    }

    @Test
    void onRequestItIsTakenAtOnceChangedOrNotAndNotOnceMoreByTheWatch() {
        assertThat(watch.takeNow()).isEmpty();
        written.text = "second";
        assertThat(watch.takeNow()).isEmpty();
        written.text = "bad";
        assertThat(watch.takeNow()).contains("bad is wrong");
        looks("bad", 3);
        assertThat(written.tried).containsExactly("first", "second", "bad");
        assertThat(watch.trouble()).contains("bad is wrong");
    }

    private void looks(String text, int times) {
        written.text = text;
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }
}
