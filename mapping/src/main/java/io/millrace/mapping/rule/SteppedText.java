package io.millrace.mapping.rule;

import java.util.regex.Pattern;

/**
 * A value that a client chose, as an operator's expression may look at it: so many characters and no more. Some
 * expressions try exponentially many ways to match ({@code (a+)+}), and a client could then stop a gateway with one path.
 */
final class SteppedText implements CharSequence {

    /** Enough for an expression that is quadratic in the longest path there is; about a millisecond. */
    private static final int MOST_STEPS = 1_500_000;

    private final String text;
    private int steps;

    private SteppedText(String text) {
        this.text = text;
    }

    /** Thrown where an expression looked at too many characters. */
    static final class Exhausted extends RuntimeException {

        private static final long serialVersionUID = 1;

        Exhausted() {
            super("an expression takes too long", null, false, false);
        }
    }

    /**
     * Whether the expression matches the whole text.
     *
     * @throws Exhausted where that cannot be said soon
     */
    static boolean matches(Pattern expression, String text) {
        try {
            return expression.matcher(new SteppedText(text)).matches();
        } catch (StackOverflowError _) {
            throw new Exhausted(); // (a|b)* takes some frames for each character
        }
    }

    @Override
    public char charAt(int index) {
        steps++;
        if (steps > MOST_STEPS) {
            throw new Exhausted();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
