package io.millrace.gateway.kafka;

import io.millrace.gateway.kafka.ExistingFeed.FeedRecord;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.gateway.log.Watch;
import io.millrace.gateway.log.WireRecord;
import io.millrace.gateway.observe.Metrics;
import io.millrace.mapping.existing.Access;
import io.millrace.mapping.existing.ExistingStream;
import io.millrace.mapping.existing.View;
import io.millrace.mapping.http.StartPoint;
import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.read.Lineage;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.rule.Resolution;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Streams in topics that somebody else writes (DESIGN.md 9): nothing is replayed and nothing is kept of them but their
 * most recent records, while somebody follows. A partition's stream is what Kafka has of it, up to the last stable
 * offset; a key's stream is what a scan of its partition finds.
 */
final class ExistingTopics {

    /** How much of a partition one request looks through for the records of a key, in chunks. */
    private static final int SCANNED_CHUNKS = 8;

    /** How many feeds of a partition one request bears to see ended. */
    private static final int MOST_FEEDS = 4;

    private static final Duration IDLE_FOR = Duration.ofSeconds(30);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final LogSettings settings;
    private final Supplier<Clients> clients;
    private final TailBudget budget;
    private final Waiting waiting;
    private final Deadlines deadlines;
    private final Metrics metrics;
    private final Map<TopicPartition, ExistingFeed> feeds = new ConcurrentHashMap<>();

    ExistingTopics(
            LogSettings settings,
            Supplier<Clients> clients,
            TailBudget budget,
            Waiting waiting,
            Deadlines deadlines,
            Metrics metrics) {
        this.settings = settings;
        this.clients = clients;
        this.budget = budget;
        this.waiting = waiting;
        this.deadlines = deadlines;
        this.metrics = metrics;
    }

    /** A stream as Kafka has it now. */
    private record Stream(Resolution.Existing target, ExistingFeed feed, Incarnation incarnation) {

        Standing standing(long begin, long end) {
            View view = target.stream().view();
            Standing beginning = StreamState.Absent.ABSENT.create(
                    incarnation, new StreamConfiguration(view.contentType(), new Expiry.Never()), begin, 0);
            return beginning instanceof Open open ? open.extended(end - 1) : beginning;
        }

        boolean has(LogRecord record) {
            return !(target instanceof Resolution.ExistingKey key) || Arrays.equals(key.key(), record.key());
        }
    }

    // ---- what clients ask

    /** The stream as of now; empty where its topic, or its partition, is not there. */
    Optional<Standing> find(Resolution.Existing target) throws LogFailure, InterruptedException {
        for (int feedsTried = 0; feedsTried < MOST_FEEDS; feedsTried++) {
            Optional<Stream> found = stream(target);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Stream stream = found.get();
            try (Waiting.Place _ = waiting.enter(stream.feed().topicPartition())) {
                long end = stream.feed().end(); // first: it finds out soon that the topic is gone
                return Optional.of(stream.standing(begin(stream), end));
            } catch (ExistingFeed.Dropped _) {
                lookAgain(target); // what it is now
            }
        }
        throw changed();
    }

    /** Reads up to a chunk. */
    ReadAnswer read(Resolution.Existing target, RequestedOffset from, Freshness freshness)
            throws LogFailure, InterruptedException {
        for (int feedsTried = 0; feedsTried < MOST_FEEDS; feedsTried++) {
            Optional<Stream> found = stream(target);
            if (found.isEmpty()) {
                return new ReadAnswer.NoSuchStream();
            }
            Stream stream = found.get();
            if (freshness == Freshness.REPLAYED && from instanceof RequestedOffset.At(OffsetToken token)) {
                Optional<ReadAnswer> recent = recent(stream, token);
                if (recent.isPresent()) {
                    return recent.get();
                }
            }
            try (Waiting.Place _ = waiting.enter(stream.feed().topicPartition())) {
                return readFromKafka(stream, from);
            } catch (ExistingFeed.Dropped _) {
                lookAgain(target); // what it is now
            }
        }
        throw changed();
    }

    /**
     * What a fork inherits of this stream, below {@code limit}: what its topic still has.
     *
     * @param source where the rules say that the fork's source is now
     */
    ForkReader.Inheritance inherited(Resolution source, ForkOrigin origin, RequestedOffset from, long limit)
            throws LogFailure, InterruptedException {
        if (!(source instanceof Resolution.Existing target)) {
            return ForkReader.Inheritance.managed(new Piece.Refused(new ReadAnswer.NoSuchStream()));
        }
        ExistingStream rule = target.stream();
        Optional<Standing> found = find(target);
        if (found.isEmpty()
                || found.get().incarnation().tag() != origin.tag()
                || found.get().begin() >= limit) {
            // From the beginning on means from what is left on, as it does in the topic itself.
            return new ForkReader.Inheritance(
                    from instanceof RequestedOffset.Beginning && found.isPresent()
                            ? new Piece.Records(found.get(), limit, limit, List.of())
                            : new Piece.Refused(new ReadAnswer.NoSuchStream()),
                    rule.caching(),
                    rule.view().variant());
        }
        Piece piece =
                switch (read(target, from, Freshness.LATEST)) {
                    case Chunk chunk -> below(limit, chunk);
                    case ReadAnswer other -> new Piece.Refused(other);
                };
        return new ForkReader.Inheritance(piece, rule.caching(), rule.view().variant());
    }

    private static Piece below(long limit, Chunk chunk) {
        List<WireRecord> records = chunk.records().stream()
                .filter(record -> record.position() < limit)
                .toList();
        return new Piece.Records(chunk.stream(), chunk.start(), Math.min(limit, chunk.end()), records);
    }

    /** Where the stream has this point; empty where its topic, or its partition, is not there. */
    Optional<OffsetToken> locate(Resolution.Existing target, StartPoint start) throws LogFailure, InterruptedException {
        if (start instanceof StartPoint.Last && target instanceof Resolution.ExistingKey) {
            throw new LogFailure.Unsupported("the last records of one key could only be found by reading the whole"
                    + " partition; begin at a time, with since");
        }
        Optional<Standing> found = find(target);
        Optional<Stream> stream = stream(target);
        if (found.isEmpty() || stream.isEmpty()) {
            return Optional.empty();
        }
        Standing standing = found.get();
        long position =
                switch (start) {
                    case StartPoint.Last(int count) -> standing.tail() - count;
                    case StartPoint.Since(Instant time) ->
                        clients.get()
                                .consumers()
                                .firstSince(stream.get().feed().topicPartition(), time)
                                .orElse(standing.tail());
                };
        return Optional.of(standing.token(Math.clamp(position, standing.begin(), standing.tail())));
    }

    /** What an operation comes to. Nothing but an append does anything to the topic. */
    Outcome execute(Resolution.Existing target, Command command) throws LogFailure, InterruptedException {
        return switch (command) {
            case Command.Create create -> create(target, create);
            case Command.Append append -> append(target, append);
            case Command.Close _ -> {
                requireAppend(target);
                throw unsupported("closed");
            }
            case Command.Delete _ ->
                throw new LogFailure.NotAllowed(
                        "the topic " + target.topic() + " belongs to somebody else and is not deleted here",
                        allowed(target));
            // A rule may call what was a managed stream once a topic of others now: nothing is known of forks here.
            case Command.Reference _, Command.Unreference _, Command.CancelReference _ -> new Outcome.NoSuchStream();
            case Command.Touch _, Command.Expire _ -> throw new IllegalArgumentException("no client's: " + command);
        };
    }

    private Outcome create(Resolution.Existing target, Command.Create create) throws LogFailure, InterruptedException {
        Optional<Standing> standing = find(target);
        if (standing.isEmpty()) {
            return new Outcome.NoSuchStream();
        }
        if (!(create.configuration().expiry() instanceof Expiry.Never)) {
            throw unsupported("given a time to live");
        }
        if (create.closed()) {
            throw unsupported("closed");
        }
        boolean same = standing.get().configuration().matches(create.configuration());
        return new Outcome.Existing(standing.get(), same);
    }

    private Outcome append(Resolution.Existing target, Command.Append append) throws LogFailure, InterruptedException {
        requireAppend(target);
        if (append.producer().isPresent()) {
            throw unsupported("appended to with producer headers");
        }
        if (append.streamSeq().isPresent()) {
            throw unsupported("appended to with Stream-Seq");
        }
        if (append.closes()) {
            throw unsupported("closed");
        }
        Optional<Standing> standing = find(target);
        if (standing.isEmpty()) {
            return new Outcome.NoSuchStream();
        }
        StreamConfiguration configuration = standing.get().configuration();
        if (!append.contentType().sameAs(configuration.contentType())) {
            return new Outcome.ContentTypeMismatch(configuration.contentType());
        }
        return switch (append.body()) {
            case Command.Body.Unfit(String reason) -> new Outcome.BodyRefused(reason);
            case Command.Body.Fit(Payload payload) -> produce(target, payload);
        };
    }

    private Outcome produce(Resolution.Existing target, Payload payload) throws LogFailure, InterruptedException {
        Stream stream = stream(target).orElseThrow(ExistingTopics::changed);
        byte @Nullable [] key = target instanceof Resolution.ExistingKey keyed ? keyed.key() : null;
        TopicPartition partition = stream.feed().topicPartition();
        try (Waiting.Place _ = waiting.enter(partition)) {
            long last = clients.get()
                    .plainProducer()
                    .send(partition, key, target.stream().headers(), JsonMessages.messages(payload));
            // Nothing may fail from here on: the records are written.
            return new Outcome.Appended(stream.standing(0, last + 1), Optional.empty());
        }
    }

    private static void requireAppend(Resolution.Existing target) throws LogFailure.NotAllowed {
        if (target.stream().access() != Access.APPEND) {
            throw new LogFailure.NotAllowed(
                    "the topic " + target.topic() + " may be read here, and not be appended to", allowed(target));
        }
    }

    private static String allowed(Resolution.Existing target) {
        return String.join(", ", target.stream().access().methods());
    }

    private static LogFailure unsupported(String what) {
        return new LogFailure.Unsupported("a stream of a topic that somebody else writes cannot be " + what
                + ": what Millrace would have to remember would live in records that the topic's owner may remove");
    }

    // ---- reading

    /** What the feed has from {@code token} on; empty where Kafka has to be asked. */
    private Optional<ReadAnswer> recent(Stream stream, OffsetToken token) {
        if (token.tag() != stream.incarnation().tag()) {
            return Optional.empty();
        }
        Optional<ExistingFeed.Recent> recent = stream.feed().recent(token.position());
        if (recent.isEmpty()) {
            return Optional.empty();
        }
        List<WireRecord> records = new ArrayList<>();
        long end = recent.get().end();
        long bytes = 0;
        for (FeedRecord record : recent.get().records()) {
            if (!stream.has(record.record())) {
                continue;
            }
            Optional<WireRecord> wire =
                    stream.feed().wire(record, stream.target().stream().view());
            if (wire.isEmpty()) {
                continue;
            }
            if (!records.isEmpty() && bytes >= settings.chunkBytes()) {
                end = wire.get().position();
                break;
            }
            records.add(wire.get());
            bytes += wire.get().payload().value().length;
        }
        Standing standing = stream.standing(0, recent.get().end());
        return Optional.of(chunk(stream, standing, token.position(), end, records));
    }

    private ReadAnswer readFromKafka(Stream stream, RequestedOffset from)
            throws LogFailure, ExistingFeed.Dropped, InterruptedException {
        OptionalLong known = stream.feed().knownEnd();
        if (known.isPresent()
                && from instanceof RequestedOffset.At(OffsetToken token)
                && token.position() < known.getAsLong()) {
            ReadAnswer answer = readFromKafka(stream, from, known.getAsLong());
            if (answer instanceof Chunk chunk
                    && (!chunk.upToDate() || stream.feed().end() == known.getAsLong())) {
                return answer;
            }
        }
        return readFromKafka(stream, from, stream.feed().end());
    }

    /** Reads what is below {@code end}, which Kafka has named. */
    private ReadAnswer readFromKafka(Stream stream, RequestedOffset from, long end)
            throws LogFailure, InterruptedException {
        Standing standing = stream.standing(0, end);
        long start;
        switch (from) {
            case RequestedOffset.Beginning() -> {
                start = begin(stream);
                standing = stream.standing(start, Math.max(start, end));
            }
            case RequestedOffset.Now() -> start = end;
            case RequestedOffset.At(OffsetToken token) -> {
                // The tag comes first: what a topic that was made again, or a key's other partition, has not reached
                // yet was handed out all the same.
                if (token.tag() != stream.incarnation().tag()) {
                    return new ReadAnswer.Gone(standing.token(begin(stream)));
                }
                start = token.position();
                if (start > end) {
                    // An append behind a transaction that is open is acknowledged, and is seen once that is over.
                    if (start
                            > clients.get()
                                    .endOffsets()
                                    .uncommitted(stream.feed().topicPartition())) {
                        return new ReadAnswer.BeyondTail(standing.token(end));
                    }
                    standing = stream.standing(0, start);
                }
            }
        }
        if (start == standing.tail()) {
            return chunk(stream, standing, start, start, List.of());
        }
        Optional<Consumers.Range> range = clients.get().consumers().range(rangeOf(stream, start, standing.tail()));
        if (range.isEmpty()) {
            if (from instanceof RequestedOffset.Beginning) {
                throw new LogFailure.Unavailable("Kafka has just removed the beginning; try again", RETRY_AFTER);
            }
            return new ReadAnswer.Gone(standing.token(begin(stream)));
        }
        View view = stream.target().stream().view();
        List<WireRecord> records = range.get().records().stream()
                .map(record -> stream.feed().render(record, view))
                .flatMap(Optional::stream)
                .toList();
        return chunk(stream, standing, start, Math.min(range.get().next(), standing.tail()), records);
    }

    private Consumers.Wanted rangeOf(Stream stream, long start, long end) {
        boolean keyed = stream.target() instanceof Resolution.ExistingKey;
        return new Consumers.Wanted(
                stream.feed().topicPartition(),
                stream.feed().topic().id(),
                start,
                end,
                stream::has,
                settings.chunkBytes(),
                keyed ? (long) SCANNED_CHUNKS * settings.chunkBytes() : settings.chunkBytes());
    }

    private static Chunk chunk(Stream stream, Standing standing, long start, long end, List<WireRecord> records) {
        ExistingStream rule = stream.target().stream();
        return new Chunk(
                standing,
                start,
                end,
                records,
                Lineage.OWN,
                rule.caching(),
                rule.view().variant());
    }

    private long begin(Stream stream) throws LogFailure, InterruptedException {
        return clients.get().consumers().begin(stream.feed().topicPartition());
    }

    /** The stream that {@code target} is now; empty where there is no such topic or partition. */
    private Optional<Stream> stream(Resolution.Existing target) throws LogFailure, InterruptedException {
        Optional<Topics.Topic> found = clients.get().topics().find(target.topic());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Topics.Topic topic = found.get();
        int number =
                switch (target) {
                    case Resolution.ExistingPartition partition -> partition.partition();
                    case Resolution.ExistingKey key -> key.partitioner().partition(key.key(), topic.partitions());
                };
        if (number >= topic.partitions()) {
            // It may have grown since it was looked at.
            clients.get().topics().forget(target.topic());
            return Optional.empty();
        }
        // Of a key's stream the offsets mean something only while the key stays in its partition.
        String life = target instanceof Resolution.ExistingKey ? ":" + topic.partitions() : "";
        Incarnation incarnation = Incarnation.of("topic:" + topic.id() + life);
        return Optional.of(new Stream(target, feed(new TopicPartition(target.topic(), number), topic), incarnation));
    }

    private ExistingFeed feed(TopicPartition partition, Topics.Topic topic) {
        ExistingFeed found = feeds.get(partition);
        if (found != null && !found.isDropped() && found.topic().equals(topic)) {
            return found;
        }
        return feeds.compute(partition, (_, feed) -> {
            if (feed != null && !feed.isDropped() && feed.topic().equals(topic)) {
                return feed;
            }
            if (feed != null) {
                feed.drop("the topic has changed");
                clients.get().follower(partition).remove(feed);
            }
            return new ExistingFeed(partition, topic, budget, clients.get().endOffsets(), metrics);
        });
    }

    private void lookAgain(Resolution.Existing target) {
        clients.get().topics().forget(target.topic());
    }

    private static LogFailure.Unavailable changed() {
        return new LogFailure.Unavailable("the topic has just changed; try again", RETRY_AFTER);
    }

    // ---- live

    /** Begins to listen; the partition is followed from then on. */
    Watch watch(Resolution.Existing target) throws LogFailure, InterruptedException {
        FeedWatch watch = new FeedWatch(target);
        watch.listen();
        deadlines.join(watch.signal);
        return watch;
    }

    /** Ends what nobody reads any more, and what Kafka has replaced: of a topic that was deleted nothing would be heard. */
    void sweep() {
        for (ExistingFeed feed : feeds.values()) {
            if (feed.isDropped() || feed.idleFor(IDLE_FOR)) {
                end(feed);
            } else {
                feed.checkTopic();
            }
        }
    }

    private void end(ExistingFeed feed) {
        feed.drop("nobody reads it");
        feeds.remove(feed.topicPartition(), feed);
        clients.get().topics().forget(feed.topicPartition().topic());
        clients.get().follower(feed.topicPartition()).remove(feed);
    }

    /** A reader's ear, which moves along when the topic is made anew. */
    private final class FeedWatch implements Watch {
        private final Resolution.Existing target;
        private final Signal signal = new Signal();
        private @Nullable ExistingFeed feed;
        private long listenedAgainNanos = System.nanoTime() - RETRY_AFTER.toNanos();

        FeedWatch(Resolution.Existing target) {
            this.target = target;
        }

        void listen() throws LogFailure, InterruptedException {
            Optional<Stream> found = stream(target);
            feed = null;
            if (found.isEmpty()) {
                return;
            }
            ExistingFeed standing = found.get().feed();
            try {
                standing.listen(signal);
                if (standing.beginsFollowing()) {
                    follow(standing);
                }
                feed = standing;
            } catch (ExistingFeed.Dropped _) {
                lookAgain(target); // at the next wait
            }
        }

        private void follow(ExistingFeed standing) throws LogFailure, ExistingFeed.Dropped, InterruptedException {
            boolean following = false;
            try (Waiting.Place _ = waiting.enter(standing.topicPartition())) {
                long from = standing.end();
                standing.onFollowing(from);
                clients.get().follower(standing.topicPartition()).add(standing, Follower.from(from, Optional.empty()));
                following = true;
            } finally {
                if (!following) {
                    standing.unlisten(signal);
                    standing.notFollowing();
                }
            }
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            ExistingFeed current = feed;
            if (current != null && current.isFollowed()) {
                return signal.awaitRoughly(timeout);
            }
            // What ends at once, as where Kafka lets nobody read it, is not begun again and again without a pause.
            if (System.nanoTime() - listenedAgainNanos < RETRY_AFTER.toNanos()) {
                signal.awaitRoughly(timeout.compareTo(RETRY_AFTER) < 0 ? timeout : RETRY_AFTER);
                return true;
            }
            listenedAgainNanos = System.nanoTime();
            try {
                listen();
            } catch (LogFailure _) {
                feed = null; // Kafka may be back in a moment
            }
            if (feed == null) {
                signal.awaitRoughly(timeout.compareTo(RETRY_AFTER) < 0 ? timeout : RETRY_AFTER);
            }
            return true;
        }

        @Override
        public void wake() {
            signal.raise();
        }

        @Override
        public void close() {
            deadlines.leave(signal);
            ExistingFeed current = feed;
            if (current != null) {
                current.unlisten(signal);
            }
        }
    }
}
