package io.millrace.mapping.replay;

import io.millrace.mapping.record.Operation;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Retained;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the records of a partition below some Kafka offset came to, all of it or what changed since another offset.
 * Immutable: it may be looked at while the replay goes on.
 *
 * @param since   it holds the streams that changed at this Kafka offset or later; 0 for all
 * @param facts   what concerns no stream
 * @param streams those that stand, or are kept for forks, in any order
 * @param ended   paths where something stood before {@code since} and nothing does now, in any order
 */
public record Snapshot(long since, Facts facts, List<Stream> streams, List<StreamPath> ended) {

    public Snapshot {
        streams = List.copyOf(streams);
        ended = List.copyOf(ended);
    }

    /** The Kafka offset below which all records are in it. */
    public long asOf() {
        return facts.asOf();
    }

    /**
     * What a partition remembers beside its streams.
     *
     * @param asOf          the Kafka offset of the next record
     * @param logTimeMillis log time, epoch milliseconds
     * @param setup         the topic's setup
     * @param owner         in a dedicated topic, the path that it belongs to
     * @param counters      the last operation of each gateway, in the order of their log time
     * @param cancelled     ids of references that no fork can be created with, and the time of each, epoch milliseconds
     * @param newest        the newest accepted checkpoint
     * @param older         the one accepted before it
     * @param thinnedBelow  Kafka offset below which records may be missing
     * @param dead          how many records have been of no use any more since the log began
     * @param thinned       how many of them were below {@code thinnedBelow}
     */
    public record Facts(
            long asOf,
            long logTimeMillis,
            Optional<Operation.Setup> setup,
            Optional<StreamPath> owner,
            List<Counter> counters,
            Map<String, Long> cancelled,
            Optional<Operation.Checkpoint> newest,
            Optional<Operation.Checkpoint> older,
            long thinnedBelow,
            long dead,
            long thinned) {

        public Facts {
            counters = List.copyOf(counters);
            cancelled = Map.copyOf(cancelled);
        }
    }

    /** The last operation of one life of a gateway's producer. */
    public record Counter(String gateway, long last, long logTimeMillis) {}

    /**
     * A stream, with the visible records of its own from number {@code from} on.
     *
     * @param index all of its records; those below {@code from} are not part of this snapshot
     */
    public record Stream(StreamPath path, Retained state, OffsetIndex index, int from) {}
}
