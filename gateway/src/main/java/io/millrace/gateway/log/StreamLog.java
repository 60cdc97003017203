package io.millrace.gateway.log;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.http.StartPoint;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import java.util.Optional;
import java.util.function.Predicate;

/** All streams, durable in a log that other gateways write to as well. Methods block the calling (virtual) thread. */
public interface StreamLog extends AutoCloseable {

    /** How sure a read's answer must be that nothing more was in the log. */
    enum Freshness {
        /** All that any gateway had acknowledged when the call began is taken into account. */
        LATEST,
        /** What this gateway has replayed; for a reader whose first answer was {@link #LATEST}. */
        REPLAYED
    }

    /**
     * Executes a command and waits until the log has decided.
     *
     * @throws LogFailure where there is no decision to report
     */
    Outcome execute(Command command) throws LogFailure, InterruptedException;

    /**
     * Creates a fork (PROTOCOL.md 4.2), or finds that it is there as asked for.
     *
     * @throws LogFailure where there is no decision to report
     */
    Outcome fork(ForkRequest request) throws LogFailure, InterruptedException;

    /** The stream as of now, after a barrier; one whose time is over has ended. */
    StreamState find(StreamPath path) throws LogFailure, InterruptedException;

    /** Reads up to a chunk, and counts as an access for the stream's TTL. */
    default ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness)
            throws LogFailure, InterruptedException {
        return read(path, from, freshness, _ -> false);
    }

    /**
     * The same; a chunk of which the reader {@code has} the records, as it can tell of one without any, may come without
     * them.
     */
    ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness, Predicate<Chunk> has)
            throws LogFailure, InterruptedException;

    /**
     * Where a stream of a topic that somebody else writes has this point; empty where there is no such stream, or it is
     * one of Millrace's own, of which only offsets are asked.
     */
    Optional<OffsetToken> locate(StreamPath path, StartPoint start) throws LogFailure, InterruptedException;

    /** Begins to listen to a stream; open it before the first read, so that no change falls between. */
    Watch watch(StreamPath path) throws LogFailure, InterruptedException;

    /**
     * What a partition of a shared topic has come to, after a barrier; empty where the rules know no such partition. It
     * looks at all of its streams.
     */
    Optional<PartitionState> state(String topic, int partition) throws LogFailure, InterruptedException;

    /** Why the log cannot be used now, in words for an operator; empty where it can. */
    Optional<String> trouble();

    @Override
    void close();
}
