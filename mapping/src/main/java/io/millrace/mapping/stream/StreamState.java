package io.millrace.mapping.stream;

import io.millrace.mapping.offset.OffsetToken;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** What the log, up to some record, has made of a stream path. Immutable; transitions sit on the state they leave. */
public sealed interface StreamState {

    /** Nothing stands at the path: never created, deleted, or expired and removed. */
    record Absent() implements StreamState {
        /** The one value. */
        public static final Absent ABSENT = new Absent();

        /** The stream that an accepted create at Kafka offset {@code offset} opens. */
        public Open create(
                Incarnation incarnation, StreamConfiguration configuration, long offset, long logTimeMillis) {
            Life life = Life.begun(incarnation, configuration, offset);
            return new Open(
                    life, life.begin(), HashTreePMap.empty(), Optional.empty(), HashTreePMap.empty(), logTimeMillis);
        }
    }

    /** A life of the path whose records are kept, for its clients or for forks that inherit them. */
    sealed interface Retained extends StreamState {

        /** What it has kept since its create. */
        Life life();

        /** The position after its last visible record; its beginning where there is none. */
        long tail();

        /** The forks that inherit from it, or that may yet be created, by the ids of their references. */
        PMap<String, ForkReference> references();

        /** Which life of the path this is. */
        default Incarnation incarnation() {
            return life().incarnation();
        }

        /** What it was created with. */
        default StreamConfiguration configuration() {
            return life().configuration();
        }

        /** The position of its own beginning: that of its create record. What a fork inherits is below it. */
        default long begin() {
            return life().begin();
        }

        /** Whether this is the fork that the reference of this id was made for. */
        default boolean isForkOf(String reference) {
            return configuration()
                    .reference()
                    .filter(held -> held.id().equals(reference))
                    .isPresent();
        }

        /** The Kafka offset of what stands at {@code position}. */
        default long offset(long position) {
            return position - life().shift();
        }

        /** The stream position of what stands at Kafka offset {@code offset}. */
        default long position(long offset) {
            return offset + life().shift();
        }

        /**
         * The offset token of {@code position}. Up to and including the position at which a fork begins, tokens are its
         * source's.
         *
         * @throws IllegalArgumentException where the position is inherited: only the source knows its token
         */
        default OffsetToken token(long position) {
            Optional<ForkOrigin> origin = configuration().origin();
            if (origin.isEmpty() || position > begin()) {
                return new OffsetToken(position, incarnation().tag());
            }
            if (position < begin()) {
                throw new IllegalArgumentException(
                        "position " + position + " is inherited: this fork begins at " + begin());
            }
            return new OffsetToken(position, origin.get().tag());
        }
    }

    /** A stream stands at the path. */
    sealed interface Standing extends Retained {

        /** Log time of the last logged access, epoch milliseconds. */
        long lastAccessMillis();

        /** The same stream, accessed at {@code logTimeMillis}. */
        Standing accessed(long logTimeMillis);

        /** The same stream, inherited from by these forks. */
        Standing referenced(PMap<String, ForkReference> references);

        /** What is left when it ends: its records, while forks inherit them. */
        default StreamState ended() {
            return references().isEmpty() ? Absent.ABSENT : new SoftDeleted(life(), tail(), references());
        }

        /** Whether it has ended by itself when the log, or a clock, shows {@code millis}. */
        default boolean expiredAt(long millis) {
            return millis > configuration().expiry().deadlineMillis(lastAccessMillis());
        }

        /** Whether an access at {@code millis} is far enough from the last logged one to be logged. */
        default boolean wantsTouch(long millis) {
            return configuration().expiry() instanceof Expiry.Sliding sliding
                    && millis - lastAccessMillis() > sliding.throttle().toMillis();
        }
    }

    /**
     * A stream that takes appends.
     *
     * @param producers     what it remembers of each idempotent producer, for as long as it stands
     * @param lastStreamSeq the last accepted Stream-Seq (scope: the stream), compared byte by byte
     */
    record Open(
            Life life,
            long tail,
            PMap<String, ProducerState> producers,
            Optional<String> lastStreamSeq,
            PMap<String, ForkReference> references,
            long lastAccessMillis)
            implements Standing {

        /** With a visible record at Kafka offset {@code offset}. */
        public Open extended(long offset) {
            return new Open(life, position(offset) + 1, producers, lastStreamSeq, references, lastAccessMillis);
        }

        /** With an append of {@code stamp} accepted. */
        public Open produced(ProducerStamp stamp) {
            PMap<String, ProducerState> all = producers.plus(stamp.id(), new ProducerState(stamp.epoch(), stamp.seq()));
            return new Open(life, tail, all, lastStreamSeq, references, lastAccessMillis);
        }

        /** With {@code streamSeq} accepted. */
        public Open sequenced(String streamSeq) {
            return new Open(life, tail, producers, Optional.of(streamSeq), references, lastAccessMillis);
        }

        /** Closed for good, by the request of {@code by} where a producer closed it. */
        public Closed closed(Optional<ProducerStamp> by) {
            return new Closed(life, tail, by, references, lastAccessMillis);
        }

        @Override
        public Open referenced(PMap<String, ForkReference> references) {
            return new Open(life, tail, producers, lastStreamSeq, references, lastAccessMillis);
        }

        @Override
        public Open accessed(long logTimeMillis) {
            return new Open(
                    life, tail, producers, lastStreamSeq, references, Math.max(lastAccessMillis, logTimeMillis));
        }
    }

    /**
     * A stream that has all it will ever have. Of its producers it needs to know only which request closed it
     * (PROTOCOL.md 5.2.1, "Stream Closure with Idempotent Producers").
     */
    record Closed(
            Life life,
            long tail,
            Optional<ProducerStamp> closedBy,
            PMap<String, ForkReference> references,
            long lastAccessMillis)
            implements Standing {

        @Override
        public Closed referenced(PMap<String, ForkReference> references) {
            return new Closed(life, tail, closedBy, references, lastAccessMillis);
        }

        @Override
        public Closed accessed(long logTimeMillis) {
            return new Closed(life, tail, closedBy, references, Math.max(lastAccessMillis, logTimeMillis));
        }
    }

    /**
     * A stream that has ended and that forks still inherit from (PROTOCOL.md 4.2, "Soft-delete and lifecycle"): gone for
     * its clients, its path not free.
     *
     * @param references never empty
     */
    record SoftDeleted(Life life, long tail, PMap<String, ForkReference> references) implements Retained {

        /** What is left without the fork of {@code reference}. */
        public StreamState without(String reference) {
            PMap<String, ForkReference> rest = references.minus(reference);
            return rest.isEmpty() ? Absent.ABSENT : new SoftDeleted(life, tail, rest);
        }
    }
}
