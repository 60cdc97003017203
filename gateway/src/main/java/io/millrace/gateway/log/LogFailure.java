package io.millrace.gateway.log;

import java.time.Duration;

/** Why a command or read has no outcome. */
public abstract sealed class LogFailure extends Exception {

    private static final long serialVersionUID = 1;

    private final String reason;

    private LogFailure(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** The sentence for the client. */
    public String reason() {
        return reason;
    }

    /** Nothing was handed to Kafka, and may be tried again (503 with Retry-After). */
    public static final class Unavailable extends LogFailure {
        private static final long serialVersionUID = 1;
        private final Duration retryAfter;

        /** With a sentence for the client. */
        public Unavailable(String message, Duration retryAfter) {
            super(message);
            this.retryAfter = retryAfter;
        }

        /** When to try again. */
        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The operation was handed to Kafka and may take effect, now or later (504). */
    public static final class Undecided extends LogFailure {
        private static final long serialVersionUID = 1;

        /** With a sentence for the client. */
        public Undecided(String message) {
            super(message);
        }
    }

    /** The record would be larger than its topic takes (413); nothing was written. */
    public static final class TooLarge extends LogFailure {
        private static final long serialVersionUID = 1;

        /** With a sentence for the client. */
        public TooLarge(String message) {
            super(message);
        }
    }

    /** No rule maps the path to a topic (404). */
    public static final class Unmapped extends LogFailure {
        private static final long serialVersionUID = 1;

        /** With a sentence for the client. */
        public Unmapped(String message) {
            super(message);
        }
    }

    /** A rule maps the path to a topic that cannot be (400). */
    public static final class IllegalTopic extends LogFailure {
        private static final long serialVersionUID = 1;

        /** With a sentence for the client. */
        public IllegalTopic(String message) {
            super(message);
        }
    }

    /** A rule, or the list of topics that are never shown, denies the path (403). */
    public static final class Denied extends LogFailure {
        private static final long serialVersionUID = 1;

        /** With a sentence for the client. */
        public Denied(String message) {
            super(message);
        }
    }

    /** A stream of this kind does not allow it (405); nothing was written. */
    public static final class NotAllowed extends LogFailure {
        private static final long serialVersionUID = 1;
        private final String allowed;

        /** With a sentence for the client, and the methods that it allows, separated by commas. */
        public NotAllowed(String message, String allowed) {
            super(message);
            this.allowed = allowed;
        }

        /** The methods that the stream allows, separated by commas. */
        public String allowed() {
            return allowed;
        }
    }

    /** A stream of this kind cannot do it (501); nothing was written. */
    public static final class Unsupported extends LogFailure {
        private static final long serialVersionUID = 1;

        /** With a sentence for the client. */
        public Unsupported(String message) {
            super(message);
        }
    }
}
