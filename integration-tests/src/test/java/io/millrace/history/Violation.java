package io.millrace.history;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Something in a history that cannot be if the promises hold. */
public sealed interface Violation {

    String path();

    /**
     * The request whose answer would be no violation if it told of a moment before it was sent; empty where no old answer
     * explains what was seen.
     */
    default Optional<Asked> outdated() {
        return switch (this) {
            case Stale stale -> Optional.of(stale.asked());
            case Forgotten forgotten -> Optional.of(forgotten.asked());
            case Undead undead -> Optional.of(undead.served());
            case WrongRefusal wrong -> Optional.of(wrong.asked());
            case Lost _,
                    Duplicated _,
                    Reordered _,
                    Hole _,
                    RefusedButStored _,
                    Invented _,
                    NoSlice _,
                    OffsetsDisagree _,
                    AfterClose _,
                    LivesMixed _,
                    LivesOverlap _,
                    WrongBirth _,
                    GatewaysDisagree _ -> Optional.empty();
        };
    }

    /** An acknowledged append is not in the stream. */
    record Lost(String path, String life, String message, Asked acknowledged) implements Violation {}

    /** A message is in the stream more than once. */
    record Duplicated(String path, String life, String message, int first, int second) implements Violation {}

    /** Two messages are in the stream in the wrong order: by producer, by Stream-Seq, or by the time of their acknowledgement. */
    record Reordered(String path, String life, String before, String after, String order) implements Violation {}

    /** A producer's append is in the stream, and the one before it is not. */
    record Hole(String path, String life, String producer, String missing) implements Violation {}

    /** A message is in the stream although every request that carried it was refused for sure. */
    record RefusedButStored(String path, String life, String message) implements Violation {}

    /** A message is in the stream that nobody ever sent there. */
    record Invented(String path, String life, String message) implements Violation {}

    /** What was read is no contiguous part of the stream. */
    record NoSlice(String path, String life, Event.Read read, String why) implements Violation {}

    /** An offset means two places, one place has two offsets, or the order of offsets is not that of places. */
    record OffsetsDisagree(String path, String life, String offset, String why) implements Violation {}

    /** An answer that said to be all did not hold what was known before it was asked for: a message, or that it is closed. */
    record Stale(String path, String life, Asked asked, String known, String answered) implements Violation {}

    /** A stream went on after it was closed, or was closed at two places. */
    record AfterClose(String path, String life, Asked asked, String what) implements Violation {}

    /** A stream was said not to be there although it was. */
    record Forgotten(String path, String life, Asked asked, String why) implements Violation {}

    /** A stream was served after it had ended. */
    record Undead(String path, String life, Asked ended, Asked served) implements Violation {}

    /** An offset of one life of a path led into another. */
    record LivesMixed(String path, Asked asked, String from, String next) implements Violation {}

    /** Two lives of one path at a time. */
    record LivesOverlap(String path, String one, String other) implements Violation {}

    /** A life that began twice, or that no PUT began. */
    record WrongBirth(String path, String life, String why) implements Violation {}

    /** A request was refused for a reason that was not one. */
    record WrongRefusal(String path, Asked asked, Refusal refusal, String why) implements Violation {}

    /** Gateways serve different streams when all is over. */
    record GatewaysDisagree(String path, String one, String other, String why) implements Violation {}

    /** How many violations of each kind there are. */
    static String summary(List<Violation> violations) {
        return violations.stream()
                .collect(Collectors.groupingBy(
                        violation -> violation.getClass().getSimpleName(), TreeMap::new, Collectors.counting()))
                .toString();
    }
}
