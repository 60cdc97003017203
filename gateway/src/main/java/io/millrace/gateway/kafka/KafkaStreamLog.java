package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.log.Watch;
import io.millrace.mapping.http.StartPoint;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.rule.MappingRules;
import io.millrace.mapping.rule.MappingRules.SharedTopic;
import io.millrace.mapping.rule.Resolution;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState.Standing;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams of a Kafka cluster that other gateways use as well: in managed topics, and in those of others. */
public final class KafkaStreamLog implements StreamLog {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaStreamLog.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);
    private static final Duration PREPARE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PROBE_EVERY = Duration.ofSeconds(1);
    private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration LOAD_STALLED = Duration.ofSeconds(10);

    /** A topic that is not kept as it must be is looked at again after this time. */
    private static final Duration FLAWED_FOR = Duration.ofSeconds(2);

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(2);
    private static final int SWEEP_MOST = 100;

    /** How many copies of a partition one request bears to see dropped. */
    private static final int MOST_COPIES = 4;

    /** Thrown where this gateway must not start: the topic is not what its configuration says. */
    public static final class StartRefused extends RuntimeException {
        private static final long serialVersionUID = 1;

        StartRefused(String message) {
            super(message);
        }
    }

    private final LogSettings settings;
    private volatile MappingRules rules;
    private final Map<String, SharedTopic> sharedTopics = new ConcurrentHashMap<>();
    private final TailBudget budget;
    private final Surroundings surroundings = new Surroundings();
    private final ExistingTopics existing;
    private final Map<TopicPartition, CompletableFuture<HostedPartition>> hosted = new ConcurrentHashMap<>();
    private final Map<TopicPartition, HostedPartition> live = new ConcurrentHashMap<>();
    private final Semaphore loads;
    private final Waiting waiting;
    private final Set<StreamPath> expiring = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private volatile @Nullable Clients clients;
    private volatile String openingTrouble = "the log is being opened";
    private volatile boolean closed;
    private volatile Probe probe = new Probe(System.nanoTime() - PROBE_EVERY.toNanos(), Optional.empty());

    /** Thrown where a topic is not kept as its records need; it may be altered. */
    private static final class Flawed extends Exception {
        private static final long serialVersionUID = 1;

        Flawed(String message) {
            super(message, null, false, false);
        }
    }

    /** When Kafka was last asked whether it is there, and what stood in the way. */
    private record Probe(long atNanos, Optional<String> trouble) {}

    /** A partition that a path leads to, and how to read it. */
    private record Place(TopicPartition partition, TopicKind kind) {}

    private KafkaStreamLog(LogSettings settings, MappingRules rules) {
        this.settings = settings;
        this.rules = rules;
        rules.sharedTopics().forEach(topic -> sharedTopics.put(topic.name(), topic));
        this.budget = new TailBudget(settings.tailBytes());
        this.loads = new Semaphore(settings.bounds().loads(), true);
        this.waiting = new Waiting(settings.bounds().waiting());
        this.existing = new ExistingTopics(settings, this::clients, budget, waiting);
    }

    /**
     * Opens the log. Returns also where Kafka cannot be reached: it goes on trying, and {@link #trouble()} says so.
     *
     * @throws StartRefused where a topic is there and is not what the rules say
     */
    public static KafkaStreamLog open(LogSettings settings, MappingRules rules) {
        KafkaStreamLog log = new KafkaStreamLog(settings, rules);
        Thread.ofVirtual().name("millrace-open").start(log::keepOpening);
        Thread.ofVirtual().name("millrace-sweep").start(log::keepSweeping);
        try {
            log.opened.get(OPEN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn(
                    "event=kafka-unreachable bootstrap-servers={} trouble=\"{}\"",
                    settings.bootstrapServers(),
                    log.openingTrouble);
        } catch (ExecutionException e) {
            log.close();
            throw e.getCause() instanceof StartRefused refused ? refused : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return log;
    }

    /**
     * Puts other rules in the place of these, for requests from now on. Their shared topics must be the same: those are
     * made, and looked at, when the log is opened.
     */
    public void replaceRules(MappingRules newRules) {
        if (!newRules.sharedTopics().equals(rules.sharedTopics())) {
            throw new IllegalArgumentException("shared topics are made at the start");
        }
        rules = newRules;
    }

    // ---- opening

    private void keepOpening() {
        try {
            while (!closed) {
                try {
                    connect();
                    prepareSharedTopics();
                    opened.complete(null);
                    return;
                } catch (LogFailure e) {
                    openingTrouble = e.reason();
                } catch (StartRefused e) {
                    openingTrouble = String.valueOf(e.getMessage());
                    LOG.error("event=start-refused why=\"{}\"", e.getMessage());
                    opened.completeExceptionally(e);
                    return;
                } catch (RuntimeException e) {
                    openingTrouble = e.toString();
                    LOG.error("event=open-failed", e);
                }
                Thread.sleep(BETWEEN_ATTEMPTS);
            }
        } catch (InterruptedException e) {
            opened.completeExceptionally(e);
        }
    }

    private void connect() throws LogFailure.Unavailable {
        if (clients != null) {
            return;
        }
        Clients made = Clients.start(settings, waiting, new Acknowledgements());
        synchronized (this) {
            if (closed) {
                made.close();
            }
            clients = made;
        }
    }

    private Clients clients() {
        Clients made = clients;
        if (made == null) {
            throw new IllegalStateException("the log is not open");
        }
        return made;
    }

    /** The shared topics are there as configured; of each, one partition's setup is checked at once. */
    private void prepareSharedTopics() throws LogFailure, InterruptedException {
        for (SharedTopic shared : rules.sharedTopics()) {
            Topics.Topic topic = clients()
                    .topics()
                    .findOrCreate(shared.name(), TopicKind.SHARED, shared.partitions(), shared.replicationFactor());
            if (topic.partitions() != shared.partitions()) {
                throw new StartRefused(
                        "topic " + shared.name() + " has " + topic.partitions()
                                + " partitions and the configuration says " + shared.partitions()
                                + ": write that number, or name another topic (streams would be looked for in the wrong place)");
            }
            TopicConfiguration configuration = clients().topics().configuration(shared.name());
            Optional<String> flaw = configuration.flaw(TopicKind.SHARED);
            if (flaw.isPresent()) {
                throw new StartRefused("topic " + shared.name() + " would lose records or log time: " + flaw.get()
                        + ". Alter the topic, or name another one");
            }
            int wanted = ClientProperties.maxRecordBytes(settings);
            if (configuration.maxMessageBytes() < wanted) {
                throw new StartRefused("topic " + shared.name() + " takes records of "
                        + configuration.maxMessageBytes() + " bytes (its max.message.bytes), and an append of "
                        + settings.appendLimitBytes() + " bytes (streams.append-limit) can take " + wanted
                        + ". Alter the topic, or lower the limit");
            }
            Optional<String> unserved = loaded(new Place(new TopicPartition(shared.name(), 0), TopicKind.SHARED))
                    .unserved();
            if (unserved.isPresent()) {
                throw new LogFailure.Unavailable(
                        "topic " + shared.name() + " is not served: " + unserved.get(), RETRY_AFTER);
            }
        }
        if (rules.sharedTopics().isEmpty()) {
            probeKafka().ifPresent(trouble -> openingTrouble = trouble);
        }
    }

    private void checkSetup(HostedPartition partition, SharedTopic shared)
            throws LogFailure, HostedPartition.Dropped, InterruptedException {
        Operation.Setup wanted = new Operation.Setup(shared.partitions(), settings.prefix());
        Operation.Setup standing = partition.setUp(wanted);
        if (!standing.equals(wanted)) {
            throw new StartRefused("topic " + shared.name() + " was set up with " + standing.partitions()
                    + " partitions and prefix " + standing.prefix() + ", and this gateway's configuration says "
                    + wanted.partitions() + " and " + wanted.prefix() + ": make them the same, or name another topic");
        }
    }

    // ---- the port

    @Override
    public Outcome execute(Command command) throws LogFailure, InterruptedException {
        Resolution resolution = resolve(command.path());
        if (resolution instanceof Resolution.Existing target) {
            return existing.execute(target, command);
        }
        for (int copies = 0; copies < MOST_COPIES; copies++) {
            Optional<Place> place = command instanceof Command.Create
                    ? Optional.of(makePlace(command.path(), resolution))
                    : place(command.path(), resolution);
            if (place.isEmpty()) {
                return new Outcome.NoSuchStream();
            }
            try {
                HostedPartition partition = partition(place.get());
                Outcome outcome = partition.execute(command);
                if (outcome instanceof Outcome.Duplicate || outcome instanceof Outcome.ClosedBefore) {
                    touch(partition, command.path());
                }
                return outcome;
            } catch (HostedPartition.Dropped e) {
                // judged on another copy
            }
        }
        throw unstable();
    }

    @Override
    public Optional<Standing> find(StreamPath path) throws LogFailure, InterruptedException {
        Resolution resolution = resolve(path);
        if (resolution instanceof Resolution.Existing target) {
            return existing.find(target);
        }
        for (int copies = 0; copies < MOST_COPIES; copies++) {
            Optional<Place> place = place(path, resolution);
            if (place.isEmpty()) {
                return Optional.empty();
            }
            try {
                return partition(place.get()).find(path);
            } catch (HostedPartition.Dropped e) {
                // read from another copy
            }
        }
        throw unstable();
    }

    @Override
    public ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness)
            throws LogFailure, InterruptedException {
        Resolution resolution = resolve(path);
        if (resolution instanceof Resolution.Existing target) {
            return existing.read(target, from, freshness);
        }
        for (int copies = 0; copies < MOST_COPIES; copies++) {
            Optional<Place> place = place(path, resolution);
            if (place.isEmpty()) {
                return new ReadAnswer.NoSuchStream();
            }
            try {
                HostedPartition partition = partition(place.get());
                touch(partition, path);
                return partition.read(path, from, freshness);
            } catch (HostedPartition.Dropped e) {
                // read from another copy
            }
        }
        throw unstable();
    }

    @Override
    public Optional<OffsetToken> locate(StreamPath path, StartPoint start) throws LogFailure, InterruptedException {
        return resolve(path) instanceof Resolution.Existing target ? existing.locate(target, start) : Optional.empty();
    }

    @Override
    public Watch watch(StreamPath path) throws LogFailure, InterruptedException {
        if (resolve(path) instanceof Resolution.Existing target) {
            return existing.watch(target);
        }
        StreamWatch watch = new StreamWatch(path);
        watch.listen();
        return watch;
    }

    @Override
    public Optional<String> trouble() {
        if (!opened.isDone() || opened.isCompletedExceptionally()) {
            return Optional.of(openingTrouble);
        }
        Probe last = probe;
        if (System.nanoTime() - last.atNanos() < PROBE_EVERY.toNanos()) {
            return last.trouble();
        }
        Optional<String> trouble = probeKafka();
        probe = new Probe(System.nanoTime(), trouble);
        return trouble;
    }

    @Override
    public void close() {
        Clients made;
        synchronized (this) {
            closed = true;
            made = clients;
        }
        if (made != null) {
            made.close();
        }
    }

    private Optional<String> probeKafka() {
        try {
            clients().admin().describeCluster().nodes().get(PROBE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of("Kafka does not answer: " + e.getCause());
        } catch (TimeoutException e) {
            return Optional.of("Kafka does not answer within " + PROBE_TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    // ---- from path to partition

    /** Where the stream at {@code path} would be; empty where its topic does not exist. */
    private Optional<Place> place(StreamPath path) throws LogFailure, InterruptedException {
        return place(path, resolve(path));
    }

    private Optional<Place> place(StreamPath path, Resolution resolution) throws LogFailure, InterruptedException {
        return switch (resolution) {
            case Resolution.SharedPartition(String topic, int number) -> Optional.of(shared(topic, number));
            case Resolution.DedicatedTopic dedicated ->
                clients()
                        .topics()
                        .find(dedicated.topic())
                        .map(found -> new Place(new TopicPartition(dedicated.topic(), 0), TopicKind.DEDICATED));
            case Resolution.Existing existing -> throw new IllegalStateException(existing + " is not managed");
            case Resolution.NoRule _, Resolution.NoSuchPart _, Resolution.Denied _, Resolution.IllegalTopic _ ->
                throw nowhere(path, resolution);
        };
    }

    /** Where the stream at {@code path} is to be; its topic is made if need be. */
    private Place makePlace(StreamPath path, Resolution resolution) throws LogFailure, InterruptedException {
        return switch (resolution) {
            case Resolution.SharedPartition(String topic, int number) -> shared(topic, number);
            case Resolution.DedicatedTopic(String topic, int replicationFactor) -> {
                clients().topics().findOrCreate(topic, TopicKind.DEDICATED, 1, replicationFactor);
                yield new Place(new TopicPartition(topic, 0), TopicKind.DEDICATED);
            }
            case Resolution.Existing existing -> throw new IllegalStateException(existing + " is not managed");
            case Resolution.NoRule _, Resolution.NoSuchPart _, Resolution.Denied _, Resolution.IllegalTopic _ ->
                throw nowhere(path, resolution);
        };
    }

    private Resolution resolve(StreamPath path) throws LogFailure {
        if (!opened.isDone() || opened.isCompletedExceptionally()) {
            throw new LogFailure.Unavailable("not ready: " + openingTrouble, RETRY_AFTER);
        }
        return rules.resolve(path);
    }

    private static Place shared(String topic, int number) {
        return new Place(new TopicPartition(topic, number), TopicKind.SHARED);
    }

    private static LogFailure nowhere(StreamPath path, Resolution resolution) {
        return switch (resolution) {
            case Resolution.NoRule() -> new LogFailure.Unmapped("no mapping rule matches the path " + path.text());
            case Resolution.NoSuchPart(String reason) -> new LogFailure.Unmapped(reason);
            case Resolution.Denied(String reason) -> new LogFailure.Denied(reason);
            case Resolution.IllegalTopic(String topic, String reason) ->
                new LogFailure.IllegalTopic("the path maps to the topic " + topic + ": " + reason);
            case Resolution.SharedPartition _, Resolution.DedicatedTopic _, Resolution.Existing _ ->
                throw new IllegalArgumentException(resolution + " is somewhere");
        };
    }

    // ---- loading

    private static LogFailure unstable() {
        return new LogFailure.Unavailable("the partition has to be loaded again and again; try again", RETRY_AFTER);
    }

    private HostedPartition partition(Place place) throws LogFailure, InterruptedException {
        try {
            return loaded(place);
        } catch (StartRefused refused) {
            throw new LogFailure.Unavailable("not served: " + refused.getMessage(), LOAD_TIMEOUT);
        }
    }

    private HostedPartition loaded(Place place) throws LogFailure, InterruptedException {
        CompletableFuture<HostedPartition> slot = hosted.get(place.partition());
        if (slot != null && slot.isDone()) {
            return await(slot);
        }
        // Before a load is begun: of those there are no more than requests that wait for them.
        try (Waiting.Place _ = waiting.enter(Waiting.For.LOAD)) {
            CompletableFuture<HostedPartition> mine = new CompletableFuture<>();
            slot = hosted.putIfAbsent(place.partition(), mine);
            if (slot == null) {
                slot = mine;
                Thread.ofVirtual().name("millrace-load-" + place.partition()).start(() -> load(place, mine));
            }
            return await(slot);
        }
    }

    private static HostedPartition await(CompletableFuture<HostedPartition> slot)
            throws LogFailure, InterruptedException {
        try {
            return slot.get(LOAD_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LogFailure.Unavailable("the partition is being loaded; try again", RETRY_AFTER);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LogFailure failure) {
                throw failure;
            }
            if (e.getCause() instanceof StartRefused refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void load(Place place, CompletableFuture<HostedPartition> slot) {
        try {
            if (!loads.tryAcquire(LOAD_TIMEOUT.toMillis() / 2, TimeUnit.MILLISECONDS)) {
                throw new LogFailure.Unavailable(
                        settings.bounds().loads() + " partitions are being loaded (kafka.max-loads); try again",
                        RETRY_AFTER);
            }
            HostedPartition loaded;
            try {
                loaded = load(place);
            } finally {
                loads.release();
            }
            slot.complete(loaded);
            if (loaded.isDropped()) {
                hosted.remove(place.partition(), slot); // onDropped did not find it while the slot was empty
            }
        } catch (HostedPartition.Dropped e) {
            fail(place, slot, unstable());
        } catch (Flawed e) {
            LOG.error("event=topic-flawed partition={} why=\"{}\"", place.partition(), e.getMessage());
            slot.completeExceptionally(new LogFailure.Unavailable("not served: " + e.getMessage(), FLAWED_FOR));
            clients().topics().forget(place.partition().topic());
            CompletableFuture.delayedExecutor(FLAWED_FOR.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> hosted.remove(place.partition(), slot));
        } catch (LogFailure.Undecided e) {
            // The setup is undecided; what the requests that wait here want was not handed over.
            fail(place, slot, new LogFailure.Unavailable(e.reason(), RETRY_AFTER));
        } catch (Exception | Error e) {
            fail(place, slot, e);
        }
    }

    private void fail(Place place, CompletableFuture<HostedPartition> slot, Throwable why) {
        LOG.warn("event=partition-not-loaded partition={} cause=\"{}\"", place.partition(), why.toString());
        hosted.remove(place.partition(), slot);
        clients().topics().forget(place.partition().topic());
        slot.completeExceptionally(why);
    }

    private HostedPartition load(Place place) throws LogFailure, Flawed, HostedPartition.Dropped, InterruptedException {
        TopicPartition partition = place.partition();
        Topics.Topic topic = clients()
                .topics()
                .findForLoad(partition.topic())
                .orElseThrow(() -> new LogFailure.Unavailable("topic " + partition.topic() + " is gone", RETRY_AFTER));
        int maxMessageBytes = sound(place, topic).maxMessageBytes();
        long started = System.nanoTime();
        HostedPartition loaded = clients().consumers().use(consumer -> replay(place, topic, maxMessageBytes, consumer));
        boolean usable = false;
        try {
            clients().producer().life().prepare(partition.topic());
            SharedTopic shared = sharedTopics.get(partition.topic());
            if (shared != null && loaded.unserved().isEmpty()) {
                checkSetup(loaded, shared);
            }
            usable = true;
        } finally {
            if (!usable) {
                loaded.drop("it cannot be written to, or is not what the configuration says");
            }
        }
        LOG.info(
                "event=partition-loaded partition={} position={} millis={}",
                partition,
                loaded.position(),
                Duration.ofNanos(System.nanoTime() - started).toMillis());
        return loaded;
    }

    /** How the topic is kept, if it is such that records and their time are safe. */
    private TopicConfiguration sound(Place place, Topics.Topic topic) throws LogFailure, Flawed, InterruptedException {
        String name = place.partition().topic();
        TopicConfiguration configuration = clients().topics().configuration(name);
        Optional<String> flaw = configuration.flaw(place.kind());
        if (flaw.isPresent()) {
            throw new Flawed("topic " + name + " would lose records or log time: " + flaw.get());
        }
        if (place.kind() == TopicKind.DEDICATED && topic.partitions() != 1) {
            throw new Flawed("topic " + name + " has " + topic.partitions() + " partitions, and must have one");
        }
        return configuration;
    }

    /** A copy of all that the partition holds now, which is followed from there on. */
    private HostedPartition replay(
            Place place, Topics.Topic topic, int maxMessageBytes, Consumer<byte[], byte[]> consumer) throws LogFailure {
        TopicPartition partition = place.partition();
        consumer.assign(Set.of(partition));
        long begin = consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
        HostedPartition fresh = new HostedPartition(
                partition,
                topic.id(),
                place.kind(),
                maxMessageBytes,
                begin,
                end > 0,
                settings,
                clients().consumers(),
                waiting,
                budget,
                surroundings);
        boolean followed = false;
        try {
            consumer.seek(partition, begin);
            Optional<Integer> leaderEpoch = Optional.empty();
            long position = begin;
            long progress = System.nanoTime();
            while (position < end && !fresh.isDropped() && fresh.unserved().isEmpty()) {
                List<ConsumerRecord<byte[], byte[]>> records =
                        consumer.poll(POLL).records(partition);
                if (!records.isEmpty()) {
                    leaderEpoch = records.getLast().leaderEpoch();
                }
                long next = consumer.position(partition);
                fresh.onFetched(records, next);
                if (next > position) {
                    progress = System.nanoTime();
                    position = next;
                } else if (System.nanoTime() - progress > LOAD_STALLED.toNanos()) {
                    throw new LogFailure.Unavailable("Kafka does not deliver partition " + partition, RETRY_AFTER);
                }
            }
            fresh.onLoaded();
            if (fresh.isDropped()) {
                throw unstable();
            }
            live.put(partition, fresh);
            clients().follower(partition).add(fresh, Follower.from(position, leaderEpoch));
            followed = true;
            return fresh;
        } finally {
            if (!followed) {
                fresh.drop("it could not be loaded");
            }
        }
    }

    // ---- time

    /** Logs the access for the stream's TTL, in the background, where that is due. */
    private void touch(HostedPartition partition, StreamPath path) {
        if (!partition.beginsTouch(path)) {
            return;
        }
        Thread.ofVirtual().name("millrace-touch").start(() -> {
            try {
                partition.execute(new Command.Touch(path));
            } catch (LogFailure | HostedPartition.Dropped e) {
                LOG.debug("event=touch-failed path={} cause=\"{}\"", path.text(), e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                partition.touched(path);
            }
        });
    }

    private void keepSweeping() {
        try {
            while (!closed) {
                Thread.sleep(SWEEP_EVERY);
                live.values().forEach(this::sweep);
                sweepExisting();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void sweepExisting() {
        if (clients == null) {
            return;
        }
        try {
            existing.sweep();
        } catch (RuntimeException e) {
            LOG.error("event=sweep-failed kind=existing", e);
        }
    }

    private void sweep(HostedPartition partition) {
        try {
            partition.dropIfLongUnserved();
            partition.trim();
            partition.removable().ifPresent(offset -> removeRecords(partition, offset));
            partition.overdue(SWEEP_MOST).forEach(path -> expire(partition, path));
        } catch (RuntimeException e) {
            LOG.error("event=sweep-failed partition={}", partition.topicPartition(), e);
        }
    }

    /** The topic may have been made again since, and its records are another life's. */
    private void removeRecords(HostedPartition emptied, long below) {
        TopicPartition partition = emptied.topicPartition();
        Thread.ofVirtual().name("millrace-remove").start(() -> {
            try {
                if (clients().topics().stands(partition.topic(), emptied.topicId())) {
                    clients()
                            .admin()
                            .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(below)))
                            .all()
                            .get();
                }
            } catch (LogFailure | ExecutionException e) {
                LOG.warn("event=delete-records-failed partition={} cause=\"{}\"", partition, e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Asks the log to end a stream whose time is over by this gateway's clock. */
    private void expire(HostedPartition partition, StreamPath path) {
        if (!expiring.add(path)) {
            return;
        }
        Thread.ofVirtual().name("millrace-expire").start(() -> {
            try {
                partition.execute(new Command.Expire(path));
            } catch (LogFailure | HostedPartition.Dropped e) {
                LOG.debug("event=expire-failed path={} cause=\"{}\"", path.text(), e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                expiring.remove(path);
            }
        });
    }

    /** Brings the acknowledgements to their partitions. */
    private final class Acknowledgements implements ManagedProducer.Listener {

        @Override
        public void onAcknowledged(TopicPartition partition, List<ManagedProducer.Acknowledgement> acknowledgements) {
            HostedPartition concerned = live.get(partition);
            if (concerned != null) {
                concerned.onAcknowledged(acknowledgements);
            }
        }

        @Override
        public void onRefused(TopicPartition partition, OperationId id, String why, boolean tooLarge) {
            HostedPartition concerned = live.get(partition);
            if (concerned != null) {
                concerned.onRefused(id, why, tooLarge);
            }
        }

        @Override
        public void onLost(String gateway) {
            live.values().forEach(HostedPartition::onProducerLost);
        }

        @Override
        public void onReplacing(ManagedProducer.Life next) throws InterruptedException {
            Set<String> inUse = new HashSet<>();
            live.keySet().forEach(partition -> inUse.add(partition.topic()));
            long deadline = System.nanoTime() + PREPARE_TIMEOUT.toNanos();
            for (String topic : inUse) {
                if (System.nanoTime() > deadline) {
                    return; // the first appends to the others are refused, and make the producer ask
                }
                try {
                    next.prepare(topic);
                } catch (LogFailure.Unavailable e) {
                    LOG.warn("event=topic-unprepared topic={} cause=\"{}\"", topic, e.reason()); // gone, perhaps
                }
            }
        }
    }

    /** What partitions need of their gateway. */
    private final class Surroundings implements HostedPartition.Surroundings {

        @Override
        public ManagedProducer.Life producer() {
            return clients().producer().life();
        }

        @Override
        public void askEnd(HostedPartition partition) {
            clients().endOffsets().ask(partition);
        }

        @Override
        public void hurry(HostedPartition partition) {
            clients().follower(partition.topicPartition()).hurry();
        }

        @Override
        public void askLimit(HostedPartition partition) {
            Thread.ofVirtual().name("millrace-limit").start(() -> {
                try {
                    String topic = partition.topicPartition().topic();
                    partition.onLimit(clients().topics().configuration(topic).maxMessageBytes());
                } catch (LogFailure e) {
                    LOG.warn("event=limit-unknown partition={} cause=\"{}\"", partition.topicPartition(), e.reason());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        @Override
        public void onDropped(HostedPartition partition, boolean operationsLost) {
            TopicPartition name = partition.topicPartition();
            hosted.computeIfPresent(name, (_, slot) -> holds(slot, partition) ? null : slot);
            live.remove(name, partition);
            clients().topics().forget(name.topic());
            clients().follower(name).remove(partition);
            if (operationsLost) {
                ManagedProducer.Life sender = clients().producer().life();
                Thread.ofVirtual().name("millrace-lost-operations").start(() -> giveUpIfGone(partition, sender));
            }
        }
    }

    /**
     * What waits in the producer for a topic that is gone would wait for ever, and in front of whatever is sent to the
     * next topic of that name. In a topic that still stands it will land: no reason to lose what others have in flight.
     */
    private void giveUpIfGone(HostedPartition dropped, ManagedProducer.Life sender) {
        try {
            if (clients().topics().stands(dropped.topicPartition().topic(), dropped.topicId())) {
                return;
            }
        } catch (LogFailure e) {
            LOG.warn("event=topic-unknown partition={} cause=\"{}\"", dropped.topicPartition(), e.reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients().producer().replace(sender);
    }

    private static boolean holds(CompletableFuture<HostedPartition> slot, HostedPartition partition) {
        return slot.isDone() && !slot.isCompletedExceptionally() && slot.join() == partition;
    }

    /** A reader's ear, which moves along when its partition is loaded anew. */
    private final class StreamWatch implements Watch {
        private final StreamPath path;
        private final Signal signal = new Signal();
        private @Nullable HostedPartition partition;

        StreamWatch(StreamPath path) {
            this.path = path;
        }

        void listen() throws LogFailure, InterruptedException {
            for (int copies = 0; copies < MOST_COPIES; copies++) {
                Optional<Place> place = place(path);
                if (place.isEmpty()) {
                    partition = null;
                    return;
                }
                HostedPartition found = partition(place.get());
                try {
                    found.listen(path, signal);
                    partition = found;
                    return;
                } catch (HostedPartition.Dropped e) {
                    // listen to the next copy
                }
            }
            throw unstable();
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            if (isListening()) {
                return signal.await(timeout);
            }
            try {
                listen();
            } catch (LogFailure e) {
                partition = null; // Kafka may be back in a moment
            }
            if (!isListening()) {
                signal.await(timeout.compareTo(BETWEEN_ATTEMPTS) < 0 ? timeout : BETWEEN_ATTEMPTS);
            }
            return true;
        }

        private boolean isListening() {
            HostedPartition current = partition;
            return current != null && !current.isDropped();
        }

        @Override
        public void wake() {
            signal.raise();
        }

        @Override
        public void close() {
            HostedPartition current = partition;
            if (current != null) {
                current.unlisten(path, signal);
            }
        }
    }
}
