package io.millrace.chaos;

import java.util.random.RandomGenerator;

/** The texts of one writer's messages: no two are equal, and their lengths differ widely. */
final class Messages {

    private static final int ORDINARY = 200;
    private static final int LONG = 3_000;

    private final String name;
    private final RandomGenerator random;
    private int count;

    Messages(String name, RandomGenerator random) {
        this.name = name;
        this.random = random;
    }

    /** A further one; {@code says} is in it, for people. */
    synchronized String next(String says) {
        int length = random.nextInt(20) == 0 ? random.nextInt(LONG) : random.nextInt(ORDINARY);
        count++;
        return name + " " + count + " " + says + " " + "x".repeat(length);
    }
}
