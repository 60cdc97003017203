package io.millrace.mapping.simulation;

import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A client's request on its way. */
final class Call {

    /** What is asked. */
    sealed interface Request {

        /** A command to execute. */
        record Execute(Command command) implements Request {}

        /** Where the stream stands (HEAD). */
        record Find(StreamPath path) implements Request {}

        /** A chunk of the stream (GET). */
        record Read(StreamPath path, RequestedOffset from) implements Request {}

        /** Chunk after chunk of the stream, as they come (GET with live=sse). */
        record Follow(StreamPath path, RequestedOffset from) implements Request {}

        default StreamPath path() {
            return switch (this) {
                case Execute(Command command) -> command.path();
                case Find(StreamPath path) -> path;
                case Read(StreamPath path, RequestedOffset _) -> path;
                case Follow(StreamPath path, RequestedOffset _) -> path;
            };
        }
    }

    /** What comes back. */
    sealed interface Reply {

        /** The log has decided. */
        record Decided(Outcome outcome) implements Reply {}

        /** The stream, or that there is none. */
        record Found(Optional<Standing> stream) implements Reply {}

        /** A part of the stream. */
        record Chunk(Standing stream, long start, long end, List<Visible> records) implements Reply {

            boolean upToDate() {
                return end == stream.tail();
            }

            /** Whether nothing can come after it. */
            boolean isLast() {
                return upToDate() && stream instanceof Closed;
            }
        }

        /** 400: an offset that never was. */
        record BeyondTail(OffsetToken tail) implements Reply {}

        /** 410: an offset of another life. */
        record Gone(OffsetToken earliest) implements Reply {}

        /** A live response has lasted long enough. */
        record Over() implements Reply {}

        /** 503: nothing was written. */
        record Unavailable() implements Reply {}

        /** 504, a broken connection, or no answer at all: anything may have happened. */
        record Undecided() implements Reply {}
    }

    /** A record that readers see. */
    record Visible(long offset, String text) {}

    final int number;
    final Request request;

    /** The end of the log when the client sent this: all below must be taken into account. */
    final long startEnd;

    final long startMillis;
    private final Consumer<Reply> client;
    private long lastArrivalMillis;
    private boolean over;

    Call(int number, Request request, long startEnd, long startMillis, Consumer<Reply> client) {
        this.number = number;
        this.request = request;
        this.startEnd = startEnd;
        this.startMillis = startMillis;
        this.client = client;
    }

    /** When what is sent now and takes {@code delayMillis} arrives: not before what was sent earlier. */
    long arrivalMillis(long nowMillis, long delayMillis) {
        lastArrivalMillis = Math.max(lastArrivalMillis, nowMillis + delayMillis);
        return lastArrivalMillis;
    }

    /** The client hears a part of the answer. */
    void tell(Reply reply) {
        if (!over) {
            client.accept(reply);
        }
    }

    /** The client hears the first answer only. */
    void answer(Reply reply) {
        if (!over) {
            over = true;
            client.accept(reply);
        }
    }

    boolean over() {
        return over;
    }

    @Override
    public String toString() {
        return "#" + number;
    }
}
