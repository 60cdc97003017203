package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import io.millrace.gateway.log.PartitionState;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.log.Watch;
import io.millrace.gateway.observe.Metrics;
import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.http.StartPoint;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.rule.MappingRules;
import io.millrace.mapping.rule.MappingRules.SharedTopic;
import io.millrace.mapping.rule.Resolution;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.RecordsToDelete;
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
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PROBE_EVERY = Duration.ofSeconds(1);

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
    private final ExistingTopics existing;
    private final Forks forks = new Forks(new ForkStreams());
    private final HostedPartitions hosted;
    private final Waiting waiting;
    private final Deadlines deadlines = new Deadlines();
    private final Set<StreamPath> expiring = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private volatile @Nullable Clients clients;
    private volatile String openingTrouble = "the log is being opened";
    private volatile boolean closed;
    private volatile Probe probe = new Probe(System.nanoTime() - PROBE_EVERY.toNanos(), Optional.empty());

    /** When Kafka was last asked whether it is there, and what stood in the way. */
    private record Probe(long atNanos, Optional<String> trouble) {}

    private KafkaStreamLog(LogSettings settings, MappingRules rules, Metrics metrics) {
        this.settings = settings;
        this.rules = rules;
        TailBudget budget = new TailBudget(settings.tailBytes());
        this.waiting = new Waiting(settings.bounds().waiting());
        StateBudget states = new StateBudget(settings.stateBytes());
        this.hosted = new HostedPartitions(settings, rules.sharedTopics(), this::clients, budget, states, waiting);
        this.existing = new ExistingTopics(settings, this::clients, budget, waiting, deadlines, metrics);
        deadlines.join(hosted);
        metrics.watch(() -> new Metrics.Holdings(hosted.all().size(), states.streams(), states.bytes(), budget.used()));
    }

    /**
     * Opens the log. Returns also where Kafka cannot be reached: it goes on trying, and {@link #trouble()} says so.
     *
     * @throws StartRefused where a topic is there and is not what the rules say
     */
    public static KafkaStreamLog open(LogSettings settings, MappingRules rules, Metrics metrics) {
        KafkaStreamLog log = new KafkaStreamLog(settings, rules, metrics);
        log.deadlines.start();
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
        Clients made = Clients.start(settings, waiting, hosted);
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
            prepareCheckpoints(shared);
            HostedPartition first = hosted.loaded(new Place(new TopicPartition(shared.name(), 0), TopicKind.SHARED));
            Optional<String> unserved = first.unserved();
            if (unserved.isPresent() && first.setup().isEmpty()) {
                throw new StartRefused(
                        "topic " + shared.name() + " was not set up by a gateway like this: its " + unserved.get());
            }
            // With a setup that is known the other partitions are served, and this one's requests are told why not.
        }
        if (rules.sharedTopics().isEmpty()) {
            probeKafka().ifPresent(trouble -> openingTrouble = trouble);
        }
    }

    private void prepareCheckpoints(SharedTopic shared) throws LogFailure, InterruptedException {
        Topics.Topic topic = clients()
                .topics()
                .findOrCreateCheckpoints(shared.checkpoints(), shared.partitions(), shared.replicationFactor());
        if (topic.partitions() != shared.partitions()) {
            throw new StartRefused("topic " + shared.checkpoints() + " has " + topic.partitions() + " partitions and "
                    + shared.name() + ", whose checkpoints it holds, has " + shared.partitions()
                    + ": delete it where nothing was thinned, or name another topic in the mapping");
        }
        Optional<String> flaw =
                clients().topics().configuration(shared.checkpoints()).flawForCheckpoints();
        if (flaw.isPresent()) {
            throw new StartRefused(
                    "topic " + shared.checkpoints() + " would lose checkpoints: " + flaw.get() + ". Alter the topic");
        }
    }

    // ---- the port

    @Override
    public Outcome execute(Command command) throws LogFailure, InterruptedException {
        Resolution resolution = resolve(command.path());
        if (resolution instanceof Resolution.Existing target) {
            return existing.execute(target, command);
        }
        boolean makes = command instanceof Command.Create || command instanceof Command.CancelReference;
        Outcome outcome = onPartition(
                () -> makes ? Optional.of(makePlace(command.path(), resolution)) : place(command.path(), resolution),
                Outcome.NoSuchStream::new,
                partition -> {
                    if (command instanceof Command.Create
                            && !(partition.replayed(command.path()) instanceof StreamState.Retained)) {
                        hosted.unloading().requireRoom();
                    }
                    Outcome decided = partition.execute(command);
                    if (decided instanceof Outcome.Duplicate || decided instanceof Outcome.ClosedBefore) {
                        touch(partition, command.path());
                    }
                    return decided;
                });
        forks.after(outcome);
        return outcome;
    }

    @Override
    public Outcome fork(ForkRequest request) throws LogFailure, InterruptedException {
        return forks.create(request);
    }

    @Override
    public StreamState find(StreamPath path) throws LogFailure, InterruptedException {
        Resolution resolution = resolve(path);
        return resolution instanceof Resolution.Existing target
                ? existing.find(target).<StreamState>map(Function.identity()).orElse(StreamState.Absent.ABSENT)
                : onPartition(
                        () -> place(path, resolution),
                        () -> StreamState.Absent.ABSENT,
                        partition -> partition.find(path));
    }

    @Override
    public ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness, Predicate<Chunk> has)
            throws LogFailure, InterruptedException {
        return read(path, from, freshness, settings.chunkBytes(), true, has);
    }

    private ReadAnswer read(
            StreamPath path,
            RequestedOffset from,
            Freshness freshness,
            long bytes,
            boolean isAccess,
            Predicate<Chunk> has)
            throws LogFailure, InterruptedException {
        Resolution resolution = resolve(path);
        if (resolution instanceof Resolution.Existing target) {
            return existing.read(target, from, freshness);
        }
        return ForkReader.read(new Parts(path, resolution, freshness, isAccess), from, bytes, has);
    }

    /** What is done on a partition. */
    @FunctionalInterface
    private interface Use<T> {
        T on(HostedPartition partition) throws LogFailure, HostedPartition.Dropped, InterruptedException;
    }

    /** Finds the place of a stream. */
    @FunctionalInterface
    private interface Placing {
        Optional<Place> find() throws LogFailure, InterruptedException;
    }

    /** Uses the partition at a place, on another copy where one is dropped meanwhile; {@code absent} without a topic. */
    private <T> T onPartition(Placing placing, Supplier<T> absent, Use<T> use) throws LogFailure, InterruptedException {
        for (int copies = 0; copies < MOST_COPIES; copies++) {
            Optional<Place> place = placing.find();
            if (place.isEmpty()) {
                return absent.get();
            }
            try {
                HostedPartition partition = hosted.partition(place.get());
                partition.enter();
                try {
                    return use.on(partition);
                } finally {
                    partition.leave();
                }
            } catch (HostedPartition.Dropped e) {
                // the next copy
            }
        }
        throw HostedPartitions.unstable();
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
        deadlines.join(watch.signal);
        return watch;
    }

    @Override
    public Optional<PartitionState> state(String topic, int partition) throws LogFailure, InterruptedException {
        boolean known = rules.sharedTopics().stream()
                .anyMatch(shared -> shared.name().equals(topic) && partition >= 0 && partition < shared.partitions());
        if (!known) {
            return Optional.empty();
        }
        requireOpen();
        return onPartition(
                () -> Optional.of(shared(topic, partition)),
                Optional::empty,
                found -> Optional.of(Checkpoints.state(found.snapshot())));
    }

    @Override
    public Optional<String> trouble() {
        if (!isOpen()) {
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
        deadlines.close();
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
        requireOpen();
        return rules.resolve(path);
    }

    private void requireOpen() throws LogFailure.Unavailable {
        if (!isOpen()) {
            throw new LogFailure.Unavailable("not ready: " + openingTrouble, RETRY_AFTER);
        }
    }

    private boolean isOpen() {
        return opened.isDone() && !opened.isCompletedExceptionally();
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
                hosted.all().forEach(this::sweep);
                sweepExisting();
                unload();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** Unloads what is not used, and looks after streams of unloaded partitions whose time is over. */
    private void unload() {
        try {
            hosted.unloading().sweep();
            for (Place place : hosted.unloading().due()) {
                Thread.ofVirtual().name("millrace-due").start(() -> loadDue(place));
            }
        } catch (RuntimeException e) {
            LOG.error("event=sweep-failed kind=unloading", e);
        }
    }

    /** Once the partition is loaded, the sweep ends its streams. */
    private void loadDue(Place place) {
        try {
            hosted.partition(place);
        } catch (LogFailure e) {
            LOG.debug("event=due-not-loaded partition={} cause=\"{}\"", place.partition(), e.reason()); // gone, perhaps
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
            forks.collect(partition);
            hosted.keep(partition);
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
                forks.after(partition.execute(new Command.Expire(path)));
            } catch (LogFailure | HostedPartition.Dropped e) {
                LOG.debug("event=expire-failed path={} cause=\"{}\"", path.text(), e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                expiring.remove(path);
            }
        });
    }

    /** The parts of one read. */
    private final class Parts implements ForkReader.Parts {
        private final StreamPath path;
        private final Resolution resolution;
        private final Freshness freshness;
        private final boolean isAccess;

        Parts(StreamPath path, Resolution resolution, Freshness freshness, boolean isAccess) {
            this.path = path;
            this.resolution = resolution;
            this.freshness = freshness;
            this.isAccess = isAccess;
        }

        @Override
        public Piece own(RequestedOffset from, long bytes, Predicate<Chunk> has)
                throws LogFailure, InterruptedException {
            return onPartition(
                    () -> place(path, resolution),
                    () -> new Piece.Refused(new ReadAnswer.NoSuchStream()),
                    partition -> {
                        if (isAccess) {
                            touch(partition, path);
                        }
                        return partition.read(path, from, freshness, bytes, has);
                    });
        }

        @Override
        public void refresh() throws LogFailure, InterruptedException {
            find(path);
        }

        @Override
        public ForkReader.Inheritance inherited(ForkOrigin origin, RequestedOffset from, long limit, long bytes)
                throws LogFailure, InterruptedException {
            Resolution source = resolve(origin.source());
            if (origin.reference().isEmpty()) {
                return existing.inherited(source, origin, from, limit);
            }
            Incarnation life = origin.reference().get().source();
            return ForkReader.Inheritance.managed(
                    source instanceof Resolution.Existing
                            ? new Piece.Refused(new ReadAnswer.NoSuchStream())
                            : onPartition(
                                    () -> place(origin.source(), source),
                                    () -> new Piece.Refused(new ReadAnswer.NoSuchStream()),
                                    partition -> partition.readSource(origin.source(), life, from, limit, bytes)));
        }
    }

    /** What forks need of this log. */
    private final class ForkStreams implements Forks.Streams {

        @Override
        public Outcome execute(Command command) throws LogFailure, InterruptedException {
            return KafkaStreamLog.this.execute(command);
        }

        @Override
        public StreamState find(StreamPath path) throws LogFailure, InterruptedException {
            return KafkaStreamLog.this.find(path);
        }

        @Override
        public StreamState replayed(StreamPath path) throws LogFailure, InterruptedException {
            Resolution resolution = resolve(path);
            return resolution instanceof Resolution.Existing
                    ? StreamState.Absent.ABSENT
                    : onPartition(
                            () -> place(path, resolution),
                            () -> StreamState.Absent.ABSENT,
                            partition -> partition.replayed(path));
        }

        @Override
        public ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness, long bytes)
                throws LogFailure, InterruptedException {
            return KafkaStreamLog.this.read(path, from, freshness, bytes, false, _ -> false);
        }

        @Override
        public boolean isAtHand(StreamPath path) throws LogFailure, InterruptedException {
            return place(path).map(hosted::isLoaded).orElse(true);
        }

        @Override
        public boolean isOthers(StreamPath path) throws LogFailure {
            return resolve(path) instanceof Resolution.Existing;
        }
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
            partition = onPartition(() -> place(path), Optional::<HostedPartition>empty, found -> {
                        found.listen(path, signal);
                        return Optional.of(found);
                    })
                    .orElse(null);
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            if (isListening()) {
                return signal.awaitRoughly(timeout);
            }
            try {
                listen();
            } catch (LogFailure e) {
                partition = null; // Kafka may be back in a moment
            }
            if (!isListening()) {
                signal.awaitRoughly(timeout.compareTo(BETWEEN_ATTEMPTS) < 0 ? timeout : BETWEEN_ATTEMPTS);
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
            deadlines.leave(signal);
            HostedPartition current = partition;
            if (current != null) {
                current.unlisten(path, signal);
            }
        }
    }
}
