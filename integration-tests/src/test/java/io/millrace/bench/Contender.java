package io.millrace.bench;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A server that is measured.
 *
 * @param base the URL below which streams may be made
 * @param processes those that do its work, as far as they are known; their processor time is a figure
 * @param kafka what it stores in, where that is known
 * @param kind how another one is started that is as new, where that is known; it stores in the same Kafka
 */
public record Contender(
        String name, URI base, List<ProcessHandle> processes, Optional<Kafka> kafka, Optional<Fresh.Kind> kind) {

    /**
     * A broker that a server stores in.
     *
     * @param process the broker's, on this machine and of this user
     */
    public record Kafka(String bootstrapServers, ProcessHandle process) {}

    public Contender {
        processes = List.copyOf(processes);
    }

    /** A server of which no other one can be started. */
    public Contender(String name, URI base, List<ProcessHandle> processes, Optional<Kafka> kafka) {
        this(name, base, processes, kafka, Optional.empty());
    }

    /** A server of which nothing is known but where it listens. */
    public static Contender at(URI base) {
        return new Contender(base.getRawAuthority(), base, List.of(), Optional.empty());
    }

    /** The same, of which others are started so. */
    public Contender of(Fresh.Kind others) {
        return new Contender(name, base, processes, kafka, Optional.of(others));
    }

    /** Whether it is a gateway that the bench has started. */
    boolean isMillrace() {
        return kafka.isPresent() && kind.isPresent();
    }

    /** Another one, which serves. */
    Fresh startAnother() {
        return another(Fresh.Kind::start);
    }

    /** Another one, of which the process has just been made. */
    Fresh launchAnother(Fresh.Training training) {
        return another(others -> others.launch(training));
    }

    Target target() {
        return new Target(base);
    }

    private Fresh another(Start how) {
        try {
            return how.apply(kind.orElseThrow(() -> new BenchFailure(name + " was not started by the bench")));
        } catch (BenchFailure e) {
            throw e;
        } catch (Exception e) {
            throw new BenchFailure("another " + name + " does not start", e);
        }
    }

    private interface Start {
        Fresh apply(Fresh.Kind kind) throws Exception;
    }
}
