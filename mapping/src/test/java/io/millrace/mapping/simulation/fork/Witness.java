package io.millrace.mapping.simulation.fork;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Judge;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.simulation.Violation;
import io.millrace.mapping.simulation.fork.Call.Reply;
import io.millrace.mapping.simulation.fork.Call.Request;
import io.millrace.mapping.simulation.fork.Call.Visible;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Sees every record as it enters a log, knows what all streams hold, and checks what anybody is told. */
final class Witness {

    /** How often the same reference may be cancelled, by all gateways. */
    private static final int MOST_CANCELS = 40;

    /** The state of a path from record number {@code since} of all logs on. */
    private record Moment(long since, StreamState state) {}

    /**
     * A record that readers see.
     *
     * @param next the token of the position after it
     */
    private record Item(long position, String text, OffsetToken next) {}

    /** One life of a path, by a model of its own: what it holds, from whomever it has it. */
    private static final class Held {
        private final StreamPath path;
        private final OffsetToken first;
        private final List<Item> items = new ArrayList<>();

        Held(StreamPath path, OffsetToken first) {
            this.path = path;
            this.first = first;
        }

        Optional<Item> at(long position) {
            return items.stream().filter(item -> item.position >= position).findFirst();
        }

        boolean gaveOut(OffsetToken token) {
            return first.equals(token) || items.stream().anyMatch(item -> item.next.equals(token));
        }
    }

    private final World world;
    private final Map<Partition, PartitionReplay> replays = new LinkedHashMap<>();
    private final Map<Partition, Map<Long, Map<String, Object>>> fingerprints = new LinkedHashMap<>();
    private final Map<StreamPath, List<Moment>> history = new LinkedHashMap<>();
    private final Map<String, Held> lives = new LinkedHashMap<>();
    private final Map<StreamPath, List<OffsetToken>> tokens = new LinkedHashMap<>();
    private final Map<OperationId, Integer> calls = new LinkedHashMap<>();
    private final Map<OperationId, Outcome> outcomes = new LinkedHashMap<>();
    private final Map<Integer, Call> forks = new LinkedHashMap<>();
    private final Set<String> told = new HashSet<>();
    private final Map<String, Integer> cancels = new LinkedHashMap<>();
    private final Set<String> unborn = new HashSet<>();
    private final Set<String> cancelled = new HashSet<>();
    private final Heard heard = new Heard();
    private long records;

    Witness(World world) {
        this.world = world;
        for (Partition partition : world.partitions) {
            replays.put(partition, new PartitionReplay(partition.kind, 0));
            Map<Long, Map<String, Object>> at = new LinkedHashMap<>();
            at.put(0L, replay(partition).fingerprint());
            fingerprints.put(partition, at);
        }
        for (StreamPath path : world.paths) {
            history.put(path, new ArrayList<>(List.of(new Moment(0, Absent.ABSENT))));
        }
    }

    static Optional<ForkOrigin.Reference> reference(Retained stream) {
        return stream.configuration().origin().flatMap(ForkOrigin::reference);
    }

    private static void check(boolean holds, String complaint) {
        if (!holds) {
            throw new Violation(complaint);
        }
    }

    private PartitionReplay replay(Partition partition) {
        return Objects.requireNonNull(replays.get(partition));
    }

    /** How many records there are, in all logs. */
    long records() {
        return records;
    }

    StreamState state(StreamPath path) {
        return replay(world.partition(path)).state(path);
    }

    /** Tokens that were given out at the path, in any of its lives. */
    List<OffsetToken> tokens(StreamPath path) {
        return tokens.getOrDefault(path, List.of());
    }

    void onCall(Call call) {
        if (call.request instanceof Request.Fork) {
            forks.put(call.number, call);
        }
    }

    void onHandedOver(OperationId id, int call) {
        calls.put(id, call);
    }

    // ---- what enters a log

    /** Hears what a record makes visible, and what becomes of it. */
    private static final class Heard implements ReplayListener {
        private Optional<Payload> payload = Optional.empty();
        private Optional<Outcome> outcome = Optional.empty();

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload visible) {
            payload = Optional.of(visible);
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {}

        @Override
        public void onSettled(OperationId id, Outcome settled) {
            outcome = Optional.of(settled);
        }

        @Override
        public void onOddRecord(long offset, String what) {
            check(what.startsWith("data "), "odd record at " + offset + ": " + what);
        }
    }

    void onAppended(Partition partition, LogRecord record) {
        if (!(RecordCodec.decode(record) instanceof Decoded.Ours(Sent sent))) {
            throw new Violation("a record of ours does not decode");
        }
        StreamState before = state(sent.path());
        PartitionReplay replay = replay(partition);
        heard.payload = Optional.empty();
        replay.replay(record, heard);
        Outcome outcome = heard.outcome.orElseThrow();
        StreamState after = state(sent.path());
        records++;
        at(partition).put(record.offset() + 1, replay.fingerprint());
        outcomes.put(sent.id(), outcome);
        if (!after.equals(before)) {
            Objects.requireNonNull(history.get(sent.path())).add(new Moment(records, after));
        }
        if (outcome instanceof Outcome.Created created && sent.operation() instanceof Operation.Create create) {
            born(sent, record.offset(), created.stream(), create);
        } else {
            heard.payload.ifPresent(payload -> grown((Retained) after, payload));
        }
        observe(partition, sent, before, after, outcome);
        checkReferences();
    }

    void onNative(Partition partition, LogRecord record) {
        PartitionReplay replay = replay(partition);
        Optional<StreamPath> owner = replay.owner();
        StreamState before = owner.map(replay::state).orElse(Absent.ABSENT);
        heard.payload = Optional.empty();
        replay.replay(record, heard);
        records++;
        at(partition).put(record.offset() + 1, replay.fingerprint());
        if (heard.payload.isPresent()) {
            world.count("native data");
            check(before instanceof StreamState.Open, "data of a native producer where it is none");
            StreamState after = replay.state(owner.orElseThrow());
            Objects.requireNonNull(history.get(owner.get())).add(new Moment(records, after));
            grown((Retained) after, heard.payload.get());
        }
    }

    void onControlRecord(Partition partition) {
        PartitionReplay replay = replay(partition);
        replay.skipTo(partition.log.end());
        at(partition).put(replay.position(), replay.fingerprint());
    }

    /** No record is odd but those of native producers. */
    void checkOdd(Partition partition, long offset, String what) {
        check(
                partition.kind == TopicKind.DEDICATED && what.startsWith("data "),
                "odd record at " + offset + " of " + partition + ": " + what);
    }

    private Map<Long, Map<String, Object>> at(Partition partition) {
        return Objects.requireNonNull(fingerprints.get(partition));
    }

    private void born(Sent sent, long offset, Standing stream, Operation.Create create) {
        Optional<ForkOrigin> origin = create.configuration().origin();
        long begin = origin.map(ForkOrigin::position).orElse(offset);
        OffsetToken own = new OffsetToken(offset, stream.incarnation().tag());
        Held held;
        if (origin.isEmpty()) {
            held = new Held(sent.path(), own);
        } else {
            ForkOrigin.Reference reference = origin.get().reference().orElseThrow();
            Held source = lives.get(reference.source().id());
            check(source != null && source.path.equals(origin.get().source()), "a fork of a life that never was");
            Held from = Objects.requireNonNull(source);
            held = new Held(sent.path(), from.first);
            from.items.stream().filter(item -> item.position < begin).forEach(held.items::add);
            checkPoint(sent, origin.get(), from, create.payload());
        }
        if (!create.payload().isEmpty()) {
            held.items.add(new Item(
                    begin,
                    new String(create.payload().value(), UTF_8),
                    new OffsetToken(begin + 1, stream.incarnation().tag())));
        }
        lives.put(stream.incarnation().id(), held);
        List<OffsetToken> known = tokens.computeIfAbsent(sent.path(), _ -> new ArrayList<>());
        known.add(held.first);
        held.items.forEach(item -> known.add(item.next));
    }

    /** The fork must diverge where its client asked, and hold what it brought. */
    private void checkPoint(Sent sent, ForkOrigin origin, Held source, Payload payload) {
        Call call = forks.get(calls.getOrDefault(sent.id(), 0));
        check(call != null, "nobody asked for the fork of " + sent.id());
        Request.Fork fork = (Request.Fork) Objects.requireNonNull(call).request;
        ForkRequest request = fork.request();
        long sub = request.requested().subOffset();
        long from =
                switch (request.from()) {
                    case RequestedOffset.Beginning() -> source.first.position();
                    case RequestedOffset.At(OffsetToken token) -> {
                        check(source.gaveOut(token), call + " forked at an offset that its source never had");
                        yield token.position();
                    }
                    case RequestedOffset.Now() -> {
                        check(
                                ever(
                                        origin.source(),
                                        call.asked,
                                        state -> state instanceof Retained stream
                                                && lives.get(stream.incarnation()
                                                                .id())
                                                        == source
                                                && stream.tail() == origin.position()),
                                call + " forked at no tail of its source");
                        yield origin.position();
                    }
                };
        String expected = fork.body();
        if (sub == 0) {
            check(origin.position() == from && origin.partial() == 0, call + " forked elsewhere");
        } else {
            Item next = source.at(from).orElseThrow(() -> new Violation(call + " forked behind the end"));
            if (sub == next.text.length()) {
                check(origin.position() == next.position + 1 && origin.partial() == 0, call + " forked elsewhere");
            } else {
                check(origin.position() == from && origin.partial() == sub, call + " forked elsewhere");
                expected = next.text.substring(0, (int) sub) + expected;
            }
        }
        check(new String(payload.value(), UTF_8).equals(expected), call + " put other data into its fork");
    }

    private void grown(Retained stream, Payload payload) {
        Held held = Objects.requireNonNull(lives.get(stream.incarnation().id()));
        Item item = new Item(
                stream.tail() - 1,
                new String(payload.value(), UTF_8),
                new OffsetToken(stream.tail(), stream.incarnation().tag()));
        check(held.items.isEmpty() || held.items.getLast().position < item.position, "positions do not rise");
        held.items.add(item);
        tokens.computeIfAbsent(held.path, _ -> new ArrayList<>()).add(item.next);
    }

    /** Every fork, standing or kept, is known in its source's partition, which keeps what it inherits. */
    private void checkReferences() {
        for (PartitionReplay replay : replays.values()) {
            replay.forEach((path, stream) -> reference(stream).ifPresent(reference -> {
                StreamPath source =
                        stream.configuration().origin().orElseThrow().source();
                check(
                        state(source) instanceof Retained kept
                                && kept.incarnation().equals(reference.source())
                                && Optional.ofNullable(kept.references().get(reference.id()))
                                        .map(ForkReference::fork)
                                        .filter(path::equals)
                                        .isPresent(),
                        path + " is a fork without a reference in " + source);
            }));
        }
    }

    /** Counts what is worth to have happened. */
    private void observe(Partition partition, Sent sent, StreamState before, StreamState after, Outcome outcome) {
        switch (sent.operation()) {
            case Operation.Create create -> {
                Optional<ForkOrigin.Reference> made =
                        create.configuration().origin().flatMap(ForkOrigin::reference);
                if (made.isEmpty()) {
                    break;
                }
                String reference = made.get().id();
                if (outcome instanceof Outcome.ReferenceVoid) {
                    world.count(
                            cancelled.contains(reference)
                                    ? "create met its cancelled reference"
                                    : "create with a lapsed reference");
                    if (made.get().lapsedAt(replay(partition).logTimeMillis()) && cancelled.contains(reference)) {
                        world.count("create met its cancelled reference when it had lapsed");
                    }
                }
                if (outcome instanceof Outcome.Created) {
                    if (state(create.configuration().origin().orElseThrow().source()) instanceof SoftDeleted) {
                        world.count("fork created after the end of its source");
                    }
                    if (before instanceof Standing) {
                        world.count("fork created in the place of an expired stream");
                    }
                }
                if (outcome instanceof Outcome.Existing(Standing standing, boolean same)) {
                    boolean other = standing.configuration()
                            .origin()
                            .filter(origin -> !origin.source()
                                    .equals(create.configuration()
                                            .origin()
                                            .orElseThrow()
                                            .source()))
                            .isPresent();
                    world.count(
                            other
                                    ? "fork lost its path to one of another source"
                                    : same ? "fork was there as asked for" : "fork lost its path");
                }
            }
            case Operation.ForkRef _ -> {
                if (outcome instanceof Outcome.Referenced) {
                    unborn.add(sent.id().text());
                } else {
                    world.count("reference refused by the log");
                }
            }
            case Operation.ForkCancel cancel -> {
                if (outcome instanceof Outcome.ForkStands) {
                    world.count("cancel met its fork");
                } else {
                    cancelled.add(cancel.reference());
                    int times = cancels.merge(cancel.reference(), 1, Integer::sum);
                    check(times <= MOST_CANCELS, cancel.reference() + " is cancelled again and again");
                }
            }
            case Operation.ForkUnref _ -> {
                if (outcome instanceof Outcome.Unreferenced && after instanceof Absent) {
                    world.count("source gone with its last fork, " + partition.kind);
                }
            }
            case Operation.Delete _, Operation.Expire _ -> {
                if (after instanceof SoftDeleted && !(before instanceof SoftDeleted)) {
                    world.count("soft-deleted by " + sent.operation().getClass().getSimpleName());
                }
            }
            case Operation.OnPartition _, Operation.Append _, Operation.Close _, Operation.Touch _ -> {}
        }
    }

    // ---- what is checked on the way

    void checkReplica(String whose, Partition partition, PartitionReplay copy) {
        Map<String, Object> expected = at(partition).get(copy.position());
        Map<String, Object> actual = copy.fingerprint();
        if (!actual.equals(expected)) {
            throw new Violation(whose + " differs at " + copy.position() + " of " + partition + ":\n is     "
                    + new TreeMap<>(actual) + "\n should "
                    + (expected == null ? "not be there" : new TreeMap<>(expected)));
        }
    }

    /** Whether {@code state}, or what a clock makes of it, was what stood at the path at some time since {@code asked}. */
    private boolean ever(StreamPath path, long asked, Predicate<StreamState> claim) {
        List<Moment> moments = Objects.requireNonNull(history.get(path));
        long latest = Math.max(
                world.clock() + world.skew(), replay(world.partition(path)).logTimeMillis());
        for (int i = moments.size() - 1; i >= 0; i--) {
            StreamState state = moments.get(i).state;
            if (claim.test(state) || claim.test(Judge.live(state, latest))) {
                return true;
            }
            if (moments.get(i).since <= asked) {
                return false;
            }
        }
        return false;
    }

    private boolean always(StreamPath path, long asked, Predicate<StreamState> claim) {
        return !ever(path, asked, claim.negate());
    }

    /** A command of a gateway has come to {@code outcome}. */
    void checkDecided(Execution execution, Outcome outcome) {
        if (outcome instanceof Outcome.Accepted) {
            OperationId id = execution.sent.orElseThrow();
            Outcome log = outcomes.get(id);
            check(
                    log != null && log.getClass().equals(outcome.getClass()),
                    execution.command + " was taken for " + outcome + ", but the log refused it");
        }
    }

    /** A client is told {@code outcome}. */
    void checkAnswer(Call call, Outcome outcome) {
        StreamPath path =
                switch (call.request) {
                    case Request.Execute(Command command) -> command.path();
                    case Request.Fork fork -> fork.request().path();
                    case Request.Read read -> read.path();
                };
        String complaint = call + " " + call.request + " was told what never was true: " + outcome;
        switch (outcome) {
            case Outcome.Created(Standing stream, Outcome.Release _) -> {
                String id = stream.incarnation().id();
                check(told.add(id), "created twice: " + id);
                OperationId operation = OperationId.parse(id).orElseThrow();
                check(
                        calls.getOrDefault(operation, 0) == call.number
                                && outcomes.get(operation) instanceof Outcome.Created,
                        call + " was told that it created what it did not");
                check(ever(path, call.asked, state -> lives(state, stream)), complaint);
            }
            case Outcome.Existing(Standing stream, boolean same) -> {
                check(ever(path, call.asked, state -> lives(state, stream)), complaint);
                if (call.request instanceof Request.Fork fork) {
                    checkExisting(call, fork.request(), stream, same);
                }
            }
            case Outcome.NoSuchStream _ -> check(ever(path, call.asked, Absent.class::isInstance), complaint);
            case Outcome.SoftDeleted _, Outcome.PathHeld _ ->
                check(ever(path, call.asked, SoftDeleted.class::isInstance), complaint);
            case Outcome.AppendToClosed _, Outcome.ClosedBefore _ ->
                check(ever(path, call.asked, Closed.class::isInstance), complaint);
            case Outcome.NoSuchSource(StreamPath source) ->
                check(ever(source, call.asked, Absent.class::isInstance), complaint);
            case Outcome.SourceSoftDeleted(StreamPath source) ->
                check(ever(source, call.asked, SoftDeleted.class::isInstance), complaint);
            case Outcome.TopicTaken(StreamPath owner) ->
                check(
                        world.partition(owner).equals(world.partition(path))
                                && ever(owner, call.asked, Retained.class::isInstance),
                        complaint);
            case Outcome.ForkPointRefused _ -> {
                ForkRequest request = ((Request.Fork) call.request).request();
                check(ever(request.source(), call.asked, state -> hasNot(state, request)), complaint);
            }
            case Outcome.Accepted _ -> {}
            case Outcome.Refused _ -> throw new Violation(call + " got an answer that no client gets: " + outcome);
        }
    }

    private static boolean lives(StreamState state, Standing stream) {
        return state instanceof Standing standing && standing.incarnation().equals(stream.incarnation());
    }

    /** Whether a source in {@code state} has no such point. */
    private boolean hasNot(StreamState state, ForkRequest request) {
        if (!(state instanceof Standing stream)) {
            return false;
        }
        Held held = Objects.requireNonNull(lives.get(stream.incarnation().id()));
        long from =
                switch (request.from()) {
                    case RequestedOffset.Beginning() -> held.first.position();
                    case RequestedOffset.Now() -> stream.tail();
                    case RequestedOffset.At(OffsetToken token) ->
                        held.gaveOut(token) && token.position() <= stream.tail() ? token.position() : Long.MAX_VALUE;
                };
        if (from == Long.MAX_VALUE) {
            return true;
        }
        long sub = request.requested().subOffset();
        return sub > 0
                && held.at(from)
                        .filter(item -> item.position < stream.tail() && sub <= item.text.length())
                        .isEmpty();
    }

    private void checkExisting(Call call, ForkRequest request, Standing stream, boolean same) {
        if (same) {
            ForkOrigin origin = stream.configuration()
                    .origin()
                    .orElseThrow(() -> new Violation(call + " was told that a plain stream is its fork"));
            check(
                    origin.source().equals(request.source())
                            && (origin.requested().equals(request.requested()) || comesTo(call, request, origin)),
                    call + " was told that another fork is its own");
            check(
                    ever(
                            request.path(),
                            call.asked,
                            state -> lives(state, stream) && request.closed() == (state instanceof Closed)),
                    call + " was told that a fork is its own that is not closed as asked");
        } else {
            check(
                    !always(
                            request.path(),
                            call.asked,
                            state -> state instanceof Standing found && asks(request, found)),
                    call + " was refused its own fork");
        }
    }

    private boolean comesTo(Call call, ForkRequest request, ForkOrigin origin) {
        long sub = request.requested().subOffset();
        return switch (request.from()) {
            case RequestedOffset.Now() ->
                ever(
                        request.source(),
                        call.asked,
                        state -> state instanceof Standing source && source.tail() == origin.position());
            case RequestedOffset.Beginning() -> true;
            case RequestedOffset.At(OffsetToken token) ->
                sub == 0
                        ? origin.position() == token.position() && origin.partial() == 0
                        : (origin.position() == token.position() && origin.partial() == sub)
                                || (origin.position() > token.position() && origin.partial() == 0);
        };
    }

    private static boolean asks(ForkRequest request, Standing stream) {
        return stream.configuration()
                        .origin()
                        .filter(origin -> origin.source().equals(request.source())
                                && origin.requested().equals(request.requested())
                                && origin.inheritsExpiry() == request.expiry().isEmpty())
                        .isPresent()
                && request.expiry().map(stream.configuration().expiry()::equals).orElse(true)
                && request.closed() == (stream instanceof Closed);
    }

    /** A client is told {@code reply} of a read from {@code from}. */
    void checkRead(Call call, StreamPath path, RequestedOffset from, Reply reply) {
        String complaint = call + " reading " + path + " from " + from + " was told what never was true: " + reply;
        switch (reply) {
            case Reply.Chunk chunk -> checkChunk(call, path, from, chunk, complaint);
            case Reply.NoSuchStream() -> check(ever(path, call.asked, Absent.class::isInstance), complaint);
            case Reply.Ended() -> check(ever(path, call.asked, SoftDeleted.class::isInstance), complaint);
            case Reply.BeyondTail(OffsetToken _), Reply.Gone(OffsetToken _) ->
                check(
                        ever(
                                        path,
                                        call.asked,
                                        state -> !(state instanceof Standing stream)
                                                || !(from instanceof RequestedOffset.At(OffsetToken token))
                                                || !held(stream).gaveOut(token))
                                && (from instanceof RequestedOffset.At || !standsAlways(path, call.asked)),
                        complaint);
            case Reply.Unavailable(), Reply.Undecided() -> {}
            case Reply.Decided decided -> throw new Violation("no answer to a read: " + decided);
        }
    }

    private boolean standsAlways(StreamPath path, long asked) {
        return Objects.requireNonNull(history.get(path)).getLast().since <= asked
                && always(path, asked, Standing.class::isInstance);
    }

    private Held held(Retained stream) {
        return Objects.requireNonNull(lives.get(stream.incarnation().id()));
    }

    private void checkChunk(Call call, StreamPath path, RequestedOffset from, Reply.Chunk chunk, String complaint) {
        Held held = held(chunk.stream());
        long begin =
                switch (from) {
                    case RequestedOffset.Beginning() -> held.first.position();
                    case RequestedOffset.Now() -> chunk.stream().tail();
                    case RequestedOffset.At(OffsetToken token) -> token.position();
                };
        List<Item> expected =
                held.items.stream().filter(item -> item.position >= begin).toList();
        check(chunk.start() == begin, complaint + "\nwhich begins elsewhere than at " + begin);
        check(chunk.records().size() <= expected.size(), complaint + "\nwhich is too much: " + expected);
        for (int i = 0; i < chunk.records().size(); i++) {
            Visible visible = chunk.records().get(i);
            Item item = expected.get(i);
            check(
                    visible.position() == item.position && visible.text().equals(item.text),
                    complaint + "\nwhich is not what the model holds: " + expected);
            check(
                    chunk.token(item.position + 1).equals(item.next),
                    complaint + "\nwith another token than " + item.next);
        }
        long next = chunk.records().size() == expected.size()
                ? Long.MAX_VALUE
                : expected.get(chunk.records().size()).position;
        check(chunk.end() <= next, complaint + "\nwhich passes over " + next);
        if (chunk.upToDate()) {
            check(
                    ever(
                            path,
                            call.asked,
                            state -> lives(state, chunk.stream()) && ((Standing) state).tail() == chunk.end()),
                    complaint + "\nwhich was the tail before that");
        }
    }

    // ---- the end

    /** All has come to rest: nothing is kept for nobody. */
    void checkNothingLeaks() {
        for (PartitionReplay replay : replays.values()) {
            replay.forEach((path, stream) -> {
                if (stream instanceof SoftDeleted ended) {
                    ended.references()
                            .forEach((id, reference) -> check(
                                    state(reference.fork()) instanceof Retained fork
                                            && reference(fork)
                                                    .filter(held -> held.id().equals(id))
                                                    .isPresent(),
                                    path + " leaks: it is kept for " + id + " of " + reference.fork()));
                }
            });
        }
    }

    /** All streams were deleted: nothing is left. */
    void checkNothingIsLeft() {
        for (StreamPath path : world.paths) {
            check(state(path) instanceof Absent, path + " leaks: it is " + state(path));
        }
    }

    void checkFreshReplays() {
        for (Partition partition : world.partitions) {
            checkFreshReplay(partition, partition.log.start());
            if (partition.kind == TopicKind.DEDICATED) {
                replay(partition).emptiedAt().ifPresent(offset -> {
                    world.count("load from the end of a dedicated stream compared");
                    checkFreshReplay(partition, offset);
                });
            }
        }
    }

    private void checkFreshReplay(Partition partition, long from) {
        PartitionReplay fresh = new PartitionReplay(partition.kind, from);
        for (LogRecord record :
                partition.log.fetch(from, Integer.MAX_VALUE).orElseThrow().records()) {
            fresh.replay(record, new Heard());
            checkReplica("a fresh load from " + from, partition, fresh);
        }
    }

    // ---- for traps

    /** Whether {@code sent}, just judged, ended the stream of a dedicated partition that remembers cancelled references. */
    boolean wouldForget(Partition partition, Sent sent) {
        return partition.kind == TopicKind.DEDICATED
                && (sent.operation() instanceof Operation.Delete
                        || sent.operation() instanceof Operation.Expire
                        || sent.operation() instanceof Operation.ForkUnref)
                && replay(partition).owner().isEmpty()
                && replay(partition).fingerprint().keySet().stream().anyMatch(key -> key.startsWith("cancelled "));
    }

    /** From here on, nothing is known of what was before {@code record}. */
    void resetAt(Partition partition, LogRecord record) {
        PartitionReplay fresh = new PartitionReplay(partition.kind, record.offset());
        fresh.replay(record, new Heard());
        replays.put(partition, fresh);
        at(partition).put(record.offset(), new PartitionReplay(partition.kind, record.offset()).fingerprint());
        at(partition).put(record.offset() + 1, fresh.fingerprint());
    }
}
