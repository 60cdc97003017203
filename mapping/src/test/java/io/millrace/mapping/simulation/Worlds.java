package io.millrace.mapping.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * What every simulation does with its worlds. {@code -Dsimulation.seeds=5000} for more of them, {@code
 * -Dsimulation.seed=42} for just one. What fails prints its seed and what happened last.
 *
 * @param called what a summary calls them
 * @param making makes the world of a seed, with a trap in it
 * @param noTrap the trap that is none
 */
public record Worlds<T, W extends Worlds.Seeded>(String called, BiFunction<Long, T, W> making, T noTrap) {

    private static final Optional<Integer> SEEDS = Optional.ofNullable(Integer.getInteger("simulation.seeds"));
    private static final Optional<Long> ONE_SEED = Optional.ofNullable(Long.getLong("simulation.seed"));

    /** A world in which all that happens follows from a seed. */
    public interface Seeded {

        /**
         * Lets happen what will; what did, and how often.
         *
         * @throws Violation where a promise is broken
         */
        Map<String, Integer> run();

        /** Of all that has happened. */
        long hash();
    }

    /** In none of {@code seeds} worlds, or as many as were asked for, a promise is broken, and all of this happens. */
    public void keepTheirPromises(int seeds, String... whatHappens) {
        if (ONE_SEED.isPresent()) {
            making.apply(ONE_SEED.get(), noTrap).run();
            return;
        }
        int most = SEEDS.orElse(seeds);
        Map<String, Integer> counts = new TreeMap<>();
        for (long seed = 1; seed <= most; seed++) {
            making.apply(seed, noTrap).run().forEach((what, count) -> counts.merge(what, count, Integer::sum));
        }
        System.out.println("simulated " + most + " " + called + ": " + counts);
        // a world in which nothing happens breaks no promise either
        assertThat(counts.keySet()).contains(whatHappens);
    }

    /** Of each of the first {@code seeds} there is one world, and another one of the next. */
    public void areTheSameForTheSameSeed(int seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            assertThat(hash(seed)).as("seed %d", seed).isEqualTo(hash(seed)).isNotEqualTo(hash(seed + 1));
        }
    }

    private long hash(long seed) {
        W world = making.apply(seed, noTrap);
        world.run();
        return world.hash();
    }

    /** In one of the first {@code most} worlds {@code trap} causes {@code complaint}, and not just any. */
    public void find(T trap, String complaint, int most) {
        find(trap, complaint, most, _ -> true);
    }

    /** The same in worlds of some kind. */
    public void find(T trap, String complaint, int most, Predicate<W> kind) {
        for (long seed = 1; seed <= most; seed++) {
            W world = making.apply(seed, trap);
            if (kind.test(world) && breaks(world, complaint)) {
                System.out.println(trap + " found in world " + seed);
                return;
            }
        }
        fail("%s was not found in %d worlds", trap, most);
    }

    private static boolean breaks(Seeded world, String complaint) {
        try {
            world.run();
            return false;
        } catch (Violation violation) {
            return String.valueOf(violation.getCause()).contains(complaint);
        }
    }
}
