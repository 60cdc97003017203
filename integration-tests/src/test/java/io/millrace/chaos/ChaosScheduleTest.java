package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.chaos.Fault.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChaosScheduleTest {

    private static final Duration LENGTH = Duration.ofMinutes(2);
    private static final int BROKERS = 3;
    private static final int GATEWAYS = 3;

    private static ChaosSchedule schedule(long seed) {
        return ChaosSchedule.of(seed, LENGTH, BROKERS, GATEWAYS);
    }

    private static List<Fault> of(Target target, ChaosSchedule schedule) {
        return schedule.faults().stream()
                .filter(fault -> fault.target() == target)
                .toList();
    }

    /** How many of these are away, or on their way back, when {@code fault} begins; itself included. */
    private static long away(List<Fault> faults, Fault fault, Duration recovery) {
        return faults.stream()
                .filter(other -> other.at().compareTo(fault.at()) <= 0
                        && other.end().plus(recovery).compareTo(fault.at()) > 0)
                .count();
    }

    @Test
    void theSameSeedGivesTheSameSchedule() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(schedule(seed)).isEqualTo(schedule(seed));
            assertThat(schedule(seed).faults()).isNotEqualTo(schedule(seed + 1).faults());
        }
    }

    @Test
    void oneBrokerAtATimeIsAwayAndOneGatewayServes() {
        for (long seed = 0; seed < 1_000; seed++) {
            ChaosSchedule schedule = schedule(seed);
            List<Fault> brokers = of(Target.BROKER, schedule);
            assertThat(brokers)
                    .as("seed %d", seed)
                    .allMatch(fault -> away(brokers, fault, ChaosSchedule.BROKER_RECOVERY) == 1);
            List<Fault> gateways = of(Target.GATEWAY, schedule);
            assertThat(gateways)
                    .as("seed %d", seed)
                    .allMatch(fault -> away(gateways, fault, ChaosSchedule.GATEWAY_RECOVERY) < GATEWAYS);
        }
    }

    @Test
    void aProcessIsNotStruckWhileItIsAway() {
        for (long seed = 0; seed < 1_000; seed++) {
            List<Fault> faults = schedule(seed).faults();
            for (Fault fault : faults) {
                List<Fault> same = faults.stream()
                        .filter(other -> other.target() == fault.target() && other.number() == fault.number())
                        .toList();
                assertThat(away(same, fault, Duration.ZERO)).as("%s", fault).isEqualTo(1);
            }
        }
    }

    @Test
    void everythingHappensToEverybodyAndIsOverInTime() {
        for (long seed = 0; seed < 1_000; seed++) {
            ChaosSchedule schedule = schedule(seed);
            assertThat(schedule.faults()).as("seed %d", seed).hasSizeGreaterThan(15);
            assertThat(schedule.faults()).allMatch(fault -> fault.end().compareTo(LENGTH) < 0);
        }
        List<Fault> all = java.util.stream.LongStream.range(0, 20)
                .mapToObj(seed -> schedule(seed).faults())
                .flatMap(List::stream)
                .toList();
        for (Target target : Target.values()) {
            for (Fault.Kind kind : Fault.Kind.values()) {
                for (int number = 0; number < 3; number++) {
                    int which = number;
                    assertThat(all)
                            .anyMatch(fault ->
                                    fault.target() == target && fault.kind() == kind && fault.number() == which);
                }
            }
        }
    }
}
