package io.millrace.mapping.simulation;

import io.millrace.mapping.judge.At;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Judge;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.simulation.Call.Reply.Chunk;
import io.millrace.mapping.simulation.Call.Request;
import io.millrace.mapping.stream.StreamState;
import java.util.Optional;

/** A request in the works at a gateway. */
abstract sealed class Work {
    final Call call;

    /** What the gateway's clock showed when the request came. */
    final long clockMin;

    /** Rises with every step, so that what was to come after an earlier one does not. */
    int step;

    boolean done;

    private Work(Call call, long clockMin) {
        this.call = call;
        this.clockMin = clockMin;
    }

    /** A barrier that arrived after this work began is passed. */
    abstract void onBarrierPassed();

    /** All that was learned from a copy of the partition is forgotten; it goes on with another. */
    abstract void beginAnew();

    /** A command on its way to its answer. */
    static final class Execution extends Work {
        final Command command;
        private final Trap trap;
        Course course;
        int sends;

        /** The record that was sent last. */
        Optional<OperationId> sent = Optional.empty();

        Optional<Speculated> speculated = Optional.empty();

        /** What the log made of it, where it took effect. */
        Optional<Outcome> taken = Optional.empty();

        /** Whether it was sent for a life of the path that never was, because the create had lost. */
        boolean sentWithLoser;

        Execution(Call call, long clockMin, Command command, Trap trap) {
            super(call, clockMin);
            this.command = command;
            this.trap = trap;
            course = Course.of(command, trap);
        }

        @Override
        void onBarrierPassed() {
            course.onBarrierPassed();
        }

        @Override
        void beginAnew() {
            course = Course.of(command, trap);
            sent = Optional.empty();
        }
    }

    /** What a gateway believed when it sent. */
    record Speculated(StreamState state, Sent sent) {

        Outcome at(long offset, long timestampMillis) {
            return Judge.judge(state, sent, new At(offset, timestampMillis)).outcome();
        }
    }

    /** A read of where the stream stands, of a chunk, or of chunk after chunk as they come. */
    static final class Reading extends Work {
        private final Trap trap;

        /** Whether a barrier was passed since the last chunk. */
        boolean fresh;

        RequestedOffset from;

        /** Whether a chunk of a live response was given. */
        boolean told;

        /** Whether a live response was up to date once. */
        boolean caughtUp;

        Reading(Call call, long clockMin, Trap trap) {
            super(call, clockMin);
            this.trap = trap;
            from = switch (call.request) {
                case Request.Read(var _, RequestedOffset requested) -> requested;
                case Request.Follow(var _, RequestedOffset requested) -> requested;
                case Request.Find _, Request.Execute _ -> new RequestedOffset.Now();
            };
        }

        boolean isLive() {
            return call.request instanceof Request.Follow;
        }

        /** The reader has {@code chunk}, and wants what comes after it. */
        void onTold(Chunk chunk) {
            from = new RequestedOffset.At(chunk.stream().token(chunk.end()));
            told = true;
            caughtUp |= chunk.upToDate() || trap == Trap.LIVE_BEFORE_UP_TO_DATE;
            fresh = false;
        }

        @Override
        void onBarrierPassed() {
            fresh = true;
        }

        @Override
        void beginAnew() {
            fresh = false;
        }
    }
}
