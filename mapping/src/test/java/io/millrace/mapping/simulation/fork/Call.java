package io.millrace.mapping.simulation.fork;

import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.Lineage;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.List;
import java.util.function.Consumer;

/** A client's request, from its way to a gateway to its answer. */
final class Call {

    /** What a client asks for. */
    sealed interface Request {

        /** Everything but reads and forks. */
        record Execute(Command command) implements Request {}

        /** PUT of a fork; {@code body} is its initial data. */
        record Fork(ForkRequest request, String body) implements Request {}

        /** Read all there is from an offset on. */
        record Read(StreamPath path, RequestedOffset from) implements Request {}
    }

    /** What a client is told. */
    sealed interface Reply {

        /** What became of it. */
        record Decided(Outcome outcome) implements Reply {}

        /** A part of a stream. */
        record Chunk(Standing stream, long start, long end, List<Visible> records, Lineage lineage) implements Reply {

            boolean upToDate() {
                return end == stream.tail();
            }

            OffsetToken token(long position) {
                return lineage.token(stream, position);
            }

            RequestedOffset next() {
                return new RequestedOffset.At(token(end));
            }
        }

        /** Nothing stands there. */
        record NoSuchStream() implements Reply {}

        /** It has ended, and is kept for forks. */
        record Ended() implements Reply {}

        /** The offset is beyond the tail. */
        record BeyondTail(OffsetToken tail) implements Reply {}

        /** The offset is of another life, or its data is gone. */
        record Gone(OffsetToken earliest) implements Reply {}

        /** Nothing was written. */
        record Unavailable() implements Reply {}

        /** Something may have been written. */
        record Undecided() implements Reply {}
    }

    /** A record that a reader sees, at a stream position. */
    record Visible(long position, String text) {}

    final int number;
    final Request request;

    /** How many records all logs had when it was asked. */
    final long asked;

    private final Consumer<Reply> client;
    private boolean answered;

    Call(int number, Request request, long asked, Consumer<Reply> client) {
        this.number = number;
        this.request = request;
        this.asked = asked;
        this.client = client;
    }

    void answer(Reply reply) {
        if (!answered) {
            answered = true;
            client.accept(reply);
        }
    }

    @Override
    public String toString() {
        return "call " + number;
    }
}
