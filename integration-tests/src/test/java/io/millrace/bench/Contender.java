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
 */
public record Contender(String name, URI base, List<ProcessHandle> processes, Optional<Kafka> kafka) {

    /**
     * A broker that a server stores in.
     *
     * @param process the broker's, on this machine and of this user
     */
    public record Kafka(String bootstrapServers, ProcessHandle process) {}

    public Contender {
        processes = List.copyOf(processes);
    }

    /** A server of which nothing is known but where it listens. */
    public static Contender at(URI base) {
        return new Contender(base.getRawAuthority(), base, List.of(), Optional.empty());
    }

    Target target() {
        return new Target(base);
    }
}
