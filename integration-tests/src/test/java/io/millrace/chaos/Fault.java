package io.millrace.chaos;

import java.time.Duration;

/**
 * Something that happens to a process.
 *
 * @param at when, since the beginning of the run
 * @param away how long until it is started again, or goes on
 */
public record Fault(Target target, int number, Kind kind, Duration at, Duration away) {

    /** What kind of process. */
    public enum Target {
        BROKER,
        GATEWAY
    }

    /** What happens to it. */
    public enum Kind {
        /** SIGKILL, and a start. */
        KILL,
        /** SIGSTOP and SIGCONT. */
        PAUSE,
        /** SIGTERM, and a start. */
        RESTART
    }

    Duration end() {
        return at.plus(away);
    }

    @Override
    public String toString() {
        return "%5.1f s: %s %s %d for %.1f s"
                .formatted(at.toMillis() / 1e3, kind, target, number, away.toMillis() / 1e3);
    }
}
