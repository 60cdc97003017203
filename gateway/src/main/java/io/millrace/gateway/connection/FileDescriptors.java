package io.millrace.gateway.connection;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * How many files and sockets the process may have open. A listener of Helidon 4.5.0 that cannot accept for want of one
 * ends for good, so there must never be as many connections.
 */
final class FileDescriptors {

    /** For Kafka, its embedded broker's files, and the JVM. */
    private static final int SPARE = 512;

    private FileDescriptors() {}

    /** What the system grants; empty where it does not say. */
    static OptionalLong most() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? OptionalLong.of(unix.getMaxFileDescriptorCount())
                : OptionalLong.empty();
    }

    /** How many of {@code configured} connections there can be with so many descriptors, at least one. */
    static int bound(int configured, OptionalLong descriptors) {
        if (descriptors.isEmpty()) {
            return configured;
        }
        return Math.clamp(descriptors.getAsLong() - SPARE - Connections.surplus(configured), 1, configured);
    }
}
