package io.millrace.mapping.stream;

import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** What the log, up to some record, has made of a stream path. Immutable; transitions sit on the state they leave. */
public sealed interface StreamState {

    /** Nothing stands at the path: never created, deleted, or expired and removed. */
    record Absent() implements StreamState {
        /** The one value. */
        public static final Absent ABSENT = new Absent();

        /** The stream that an accepted create opens at {@code begin}. */
        public Open create(Incarnation incarnation, StreamConfiguration configuration, long begin, long logTimeMillis) {
            return new Open(
                    incarnation, configuration, begin, begin, HashTreePMap.empty(), Optional.empty(), logTimeMillis);
        }
    }

    /** A stream stands at the path. */
    sealed interface Standing extends StreamState {

        /** Which life of the path this is. */
        Incarnation incarnation();

        /** What it was created with. */
        StreamConfiguration configuration();

        /** The position of its beginning: that of its create record. */
        long begin();

        /** The position after its last visible record; its beginning where there is none. */
        long tail();

        /** Log time of the last logged access, epoch milliseconds. */
        long lastAccessMillis();

        /** The same stream, accessed at {@code logTimeMillis}. */
        Standing accessed(long logTimeMillis);

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
            Incarnation incarnation,
            StreamConfiguration configuration,
            long begin,
            long tail,
            PMap<String, ProducerState> producers,
            Optional<String> lastStreamSeq,
            long lastAccessMillis)
            implements Standing {

        /** With a visible record that ends at {@code newTail}. */
        public Open extended(long newTail) {
            return new Open(incarnation, configuration, begin, newTail, producers, lastStreamSeq, lastAccessMillis);
        }

        /** With an append of {@code stamp} accepted. */
        public Open produced(ProducerStamp stamp) {
            return new Open(
                    incarnation,
                    configuration,
                    begin,
                    tail,
                    producers.plus(stamp.id(), new ProducerState(stamp.epoch(), stamp.seq())),
                    lastStreamSeq,
                    lastAccessMillis);
        }

        /** With {@code streamSeq} accepted. */
        public Open sequenced(String streamSeq) {
            return new Open(
                    incarnation, configuration, begin, tail, producers, Optional.of(streamSeq), lastAccessMillis);
        }

        /** Closed for good, by the request of {@code by} where a producer closed it. */
        public Closed closed(Optional<ProducerStamp> by) {
            return new Closed(incarnation, configuration, begin, tail, by, lastAccessMillis);
        }

        @Override
        public Open accessed(long logTimeMillis) {
            return new Open(
                    incarnation,
                    configuration,
                    begin,
                    tail,
                    producers,
                    lastStreamSeq,
                    Math.max(lastAccessMillis, logTimeMillis));
        }
    }

    /**
     * A stream that has all it will ever have. Of its producers it needs to know only which request closed it
     * (PROTOCOL.md 5.2.1, "Stream Closure with Idempotent Producers").
     */
    record Closed(
            Incarnation incarnation,
            StreamConfiguration configuration,
            long begin,
            long tail,
            Optional<ProducerStamp> closedBy,
            long lastAccessMillis)
            implements Standing {

        @Override
        public Closed accessed(long logTimeMillis) {
            return new Closed(
                    incarnation, configuration, begin, tail, closedBy, Math.max(lastAccessMillis, logTimeMillis));
        }
    }
}
