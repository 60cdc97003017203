package io.millrace.chaos;

import io.millrace.chaos.Fault.Kind;
import io.millrace.chaos.Fault.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What happens to gateways and brokers in a run, and when. The same seed gives the same schedule. One broker at a time is
 * away, and has time to come back before the next; one gateway at least always serves.
 */
public record ChaosSchedule(long seed, Duration length, List<Fault> faults) {

    /** A broker that starts again waits for its old session to end and copies what it has missed. */
    public static final Duration BROKER_RECOVERY = Duration.ofSeconds(6);

    public static final Duration GATEWAY_RECOVERY = Duration.ofSeconds(3);

    private static final Duration WARM_UP = Duration.ofSeconds(2);

    public ChaosSchedule {
        faults = List.copyOf(faults);
    }

    /** A schedule for so many brokers and gateways; all have come back at its end. */
    public static ChaosSchedule of(long seed, Duration length, int brokers, int gateways) {
        RandomGenerator random = new SplittableRandom(seed);
        List<Fault> faults = new ArrayList<>();
        addLane(faults, random, length, Target.BROKER, brokers, BROKER_RECOVERY);
        for (int lane = 0; lane < gateways - 1; lane++) {
            addLane(faults, random, length, Target.GATEWAY, gateways, GATEWAY_RECOVERY);
        }
        faults.sort(Comparator.comparing(Fault::at));
        return new ChaosSchedule(seed, length, faults);
    }

    /** Faults one after the other. Those of a gateway that is away, or coming back, for another lane are left out. */
    private static void addLane(
            List<Fault> faults, RandomGenerator random, Duration length, Target target, int count, Duration recovery) {
        Duration at = WARM_UP.plusMillis(random.nextInt(3_000));
        while (true) {
            Fault fault = new Fault(
                    target, random.nextInt(count), kind(random), at, Duration.ofMillis(random.nextInt(200, 6_000)));
            if (fault.end().plus(recovery).compareTo(length) > 0) {
                return;
            }
            if (faults.stream().noneMatch(other -> collide(fault, other, recovery))) {
                faults.add(fault);
            }
            at = fault.end().plus(recovery).plusMillis(random.nextInt(2_000));
        }
    }

    private static Kind kind(RandomGenerator random) {
        return switch (random.nextInt(5)) {
            case 0, 1 -> Kind.KILL;
            case 2, 3 -> Kind.PAUSE;
            default -> Kind.RESTART;
        };
    }

    private static boolean collide(Fault one, Fault other, Duration recovery) {
        return one.target() == other.target()
                && one.number() == other.number()
                && one.at().compareTo(other.end().plus(recovery)) < 0
                && other.at().compareTo(one.end().plus(recovery)) < 0;
    }
}
