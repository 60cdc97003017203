package io.millrace.mapping.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.judge.At;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.replay.OffsetIndex;
import io.millrace.mapping.replay.PartitionReplay;
import io.millrace.mapping.replay.ReplayListener;
import io.millrace.mapping.replay.TopicKind;
import io.millrace.mapping.simulation.Call.Reply;
import io.millrace.mapping.simulation.Call.Visible;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Absent;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Reads every record at the moment it is written, so it knows what is true at every end of the log, and holds every
 * answer and every replica against that.
 */
final class Witness {

    /** One life of a path, and all that readers ever saw of it. */
    private static final class Life {
        final List<Visible> visible = new ArrayList<>();
        final Map<String, Integer> texts = new HashMap<>();
        final Map<String, Long> nextSeq = new HashMap<>();
        final Map<String, Long> lastEpoch = new HashMap<>();
        String lastStreamSeq = "";
        boolean closed;
    }

    /** Where an operation is in the log, and what came of it there; the first place where it is there twice. */
    private record Landed(long offset, Outcome outcome) {}

    /** What a client was told, and what the log made of its request. */
    private static final class Requested {
        Optional<Reply> told = Optional.empty();
        Optional<OperationId> taken = Optional.empty();
        private final int number;

        Requested(int number) {
            this.number = number;
        }

        @Override
        public String toString() {
            return "request #" + number;
        }
    }

    private final PartitionReplay replay;
    private final List<Map<String, Object>> fingerprints = new ArrayList<>();
    private final List<Long> logTimes = new ArrayList<>();
    private final List<Optional<StreamPath>> owners = new ArrayList<>();
    private final Map<StreamPath, TreeMap<Long, StreamState>> history = new HashMap<>();
    private final Map<OperationId, Landed> landed = new HashMap<>();
    private final Map<Integer, Requested> requests = new HashMap<>();
    private final Map<OperationId, Requested> senders = new HashMap<>();
    private final Map<String, Life> lives = new HashMap<>();
    private final Map<String, String> meanings = new HashMap<>();
    private final Set<OperationId> shown = new HashSet<>();
    private final TreeMap<Long, Long> endAt = new TreeMap<>();
    private Optional<OperationId> original = Optional.empty();

    Witness(TopicKind kind) {
        replay = new PartitionReplay(kind, 0);
        remember();
    }

    private void remember() {
        fingerprints.add(replay.fingerprint());
        logTimes.add(replay.logTimeMillis());
        owners.add(replay.owner());
    }

    /** The log grew by {@code record}, which is the operation {@code sentAs} by the gateway that made it. */
    void onAppended(LogRecord record, Optional<OperationId> sentAs, long nowMillis) {
        original = sentAs;
        replay.replay(record, new Seeing());
        remember();
        endAt.put(nowMillis, replay.position());
    }

    /** The log grew by an offset without a record. */
    void onControlRecord(long nowMillis) {
        replay.skipTo(replay.position() + 1);
        remember();
        endAt.put(nowMillis, replay.position());
    }

    private final class Seeing implements ReplayListener {

        @Override
        public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {
            Life life = lives.computeIfAbsent(standing.incarnation().id(), _ -> new Life());
            String text = new String(payload.value(), UTF_8);
            check(!life.closed, "closed stream " + path + " grew by " + text);
            check(
                    life.visible.isEmpty() || offset > life.visible.getLast().offset(),
                    "offsets of " + path + " do not rise");
            original.ifPresent(id -> check(shown.add(id), "operation " + id + " is visible twice: " + text));
            life.visible.add(new Visible(offset, text));
            life.texts.merge(text, 1, Integer::sum);
            replay.stream(path).ifPresent(stream -> checkType(stream.state(), text));
            checkOrder(life, text);
        }

        @Override
        public void onChanged(StreamPath path, Optional<OperationId> by) {
            StreamState state = replay.state(path);
            history.computeIfAbsent(path, _ -> new TreeMap<>()).put(replay.position(), state);
            if (state instanceof Closed closed) {
                lives.computeIfAbsent(closed.incarnation().id(), _ -> new Life()).closed = true;
            }
        }

        @Override
        public void onSettled(OperationId id, Outcome outcome) {
            if (landed.putIfAbsent(id, new Landed(replay.position() - 1, outcome)) == null) {
                onLanded(id, outcome);
            }
        }

        @Override
        public void onOddRecord(long offset, String what) {}
    }

    private void onLanded(OperationId id, Outcome outcome) {
        check(!(outcome instanceof Outcome.CounterRegression), "an alarm at the first record of operation " + id);
        Requested request = senders.get(id);
        if (request != null && outcome instanceof Outcome.Accepted) {
            check(request.taken.isEmpty(), request + " took effect twice");
            request.taken = Optional.of(id);
            checkDenied(request);
        }
    }

    /** A gateway hands an operation to Kafka. */
    void onHandedOver(Call call, OperationId id) {
        if (call.number > 0) {
            senders.put(id, requests.computeIfAbsent(call.number, Requested::new));
        }
    }

    /** Holds what a client is told against what its request does to the log, now and later. */
    void checkTold(Call call, Reply reply) {
        Requested request = requests.get(call.number);
        if (request != null) {
            request.told = Optional.of(reply);
            checkDenied(request);
        }
    }

    /** Unavailable means that nothing was written, and a refusal that nothing came of it. */
    private static void checkDenied(Requested request) {
        if (request.told.isPresent() && request.taken.isPresent()) {
            Reply told = request.told.get();
            boolean denied = told instanceof Reply.Unavailable
                    || (told instanceof Reply.Decided(Outcome outcome) && outcome instanceof Outcome.Refused);
            check(!denied, request + " took effect, and its client was told " + told);
        }
    }

    private static void checkType(StreamState state, String text) {
        Texts.type(text)
                .ifPresent(type -> check(
                        state instanceof Standing standing
                                && standing.configuration().contentType().equals(type),
                        "data of another content type in a stream: " + text));
    }

    /** Data of a producer is there once, in order, epoch by epoch; data with a Stream-Seq rises. */
    private static void checkOrder(Life life, String text) {
        Texts.producer(text).ifPresent(stamp -> {
            Long epoch = life.lastEpoch.get(stamp.id());
            check(epoch == null || stamp.epoch() >= epoch, "a fenced epoch is visible: " + text);
            if (epoch == null || stamp.epoch() > epoch) {
                life.nextSeq.put(stamp.id(), 0L);
            }
            life.lastEpoch.put(stamp.id(), stamp.epoch());
            long expected = life.nextSeq.getOrDefault(stamp.id(), 0L);
            check(stamp.seq() == expected, "expected seq " + expected + " of its producer, is visible: " + text);
            life.nextSeq.put(stamp.id(), expected + 1);
        });
        Texts.streamSeq(text).ifPresent(seq -> {
            check(seq.compareTo(life.lastStreamSeq) > 0, "Stream-Seq does not rise: " + text);
            life.lastStreamSeq = seq;
        });
    }

    /** A replica at some position must be what a replay of the log is there. */
    void checkReplica(String gateway, PartitionReplay copy) {
        int position = (int) copy.position();
        check(position < fingerprints.size(), gateway + " is beyond the end of the log");
        Map<String, Object> expected = fingerprints.get(position);
        Map<String, Object> actual = copy.fingerprint();
        if (!actual.equals(expected)) {
            throw new Violation(gateway + " differs at " + position + ":\n is     " + new TreeMap<>(actual)
                    + "\n should " + new TreeMap<>(expected));
        }
    }

    /** The replica's indexes must name just the records that are visible at its position. */
    void checkIndexes(String gateway, PartitionReplay copy) {
        long position = copy.position();
        copy.forEach((path, retained) -> {
            OffsetIndex index = copy.stream(path).orElseThrow().index();
            List<Visible> visible = visible(retained);
            int count = 0;
            while (count < visible.size() && visible.get(count).offset() < position) {
                count++;
            }
            check(index.count() == count, gateway + " has another index of " + path);
            for (int i = 0; i < count; i++) {
                check(index.offset(i) == visible.get(i).offset(), gateway + " has another index of " + path);
                check(
                        index.size(i) == visible.get(i).text().getBytes(UTF_8).length,
                        gateway + " has other sizes of " + path);
            }
        });
    }

    /** A replay that begins at the start of the log now must come out as one that has seen everything. */
    void checkFreshReplay(TopicKind kind, SimulatedLog log) {
        PartitionReplay fresh = new PartitionReplay(kind, log.start());
        SimulatedLog.Fetched all = log.fetch(log.start(), Integer.MAX_VALUE).orElseThrow();
        ReplayListener deaf = new ReplayListener() {
            @Override
            public void onVisible(StreamPath path, Standing standing, long offset, Payload payload) {}

            @Override
            public void onChanged(StreamPath path, Optional<OperationId> by) {}

            @Override
            public void onSettled(OperationId id, Outcome outcome) {}

            @Override
            public void onOddRecord(long offset, String what) {}
        };
        all.records().forEach(record -> fresh.replay(record, deaf));
        fresh.skipTo(all.position());
        checkReplica("a fresh replay from " + log.start(), fresh);
        checkIndexes("a fresh replay from " + log.start(), fresh);
    }

    /** The log's end {@code agoMillis} before now. */
    long endBefore(long nowMillis, long agoMillis) {
        Map.Entry<Long, Long> entry = endAt.floorEntry(nowMillis - agoMillis);
        return entry == null ? 0 : entry.getValue();
    }

    /** Where the last stream of a dedicated topic ended; -1 where none has. */
    long emptiedAt() {
        return replay.emptiedAt().orElse(-1);
    }

    /** What stands at a path now. */
    StreamState state(StreamPath path) {
        return replay.state(path);
    }

    /** All that is visible of a stream, now. */
    List<Visible> visible(Retained stream) {
        Life life = lives.get(stream.incarnation().id());
        return life == null ? List.of() : life.visible;
    }

    /**
     * Holds an outcome against the log between the request's start and now.
     *
     * @param id       the record that the outcome is said to be of, where it says that something took effect
     * @param clockMin what the gateway's clock showed when the request came
     * @param clockMax what it shows now
     */
    void checkOutcome(
            Call call, Command command, Outcome outcome, Optional<OperationId> id, long clockMin, long clockMax) {
        dataOf(command).ifPresent(text -> checkData(outcome, text));
        switch (outcome) {
            case Outcome.Accepted accepted -> {
                Landed record = landed.get(id.orElseThrow());
                if (record == null || record.offset() < call.startEnd) {
                    throw new Violation("confirmed, but not in the log: " + accepted);
                }
                check(
                        record.outcome() instanceof Outcome.Accepted,
                        "confirmed, but the log refused it: " + accepted + ", " + record);
                check(
                        still(record.outcome()).equals(still(accepted)),
                        "the log has another outcome: " + record + " instead of " + accepted);
            }
            case Outcome.Refused refused ->
                check(
                        refusable(call, command, refused, clockMin, clockMax),
                        "the log never bore out " + refused + " for "
                                + command.getClass().getSimpleName());
        }
    }

    private void checkData(Outcome outcome, String text) {
        switch (outcome) {
            case Outcome.Appended appended -> {
                List<Visible> visible = visible(appended.stream());
                check(
                        visible.contains(new Visible(appended.stream().tail() - 1, text)),
                        "confirmed, but the data is not there: " + text + " " + appended);
            }
            case Outcome.Duplicate duplicate -> {
                Life life = lives.get(duplicate.stream().incarnation().id());
                check(
                        life != null && life.texts.getOrDefault(text, 0) == 1,
                        "called a duplicate, but not there: " + text);
            }
            case Outcome.Created created ->
                check(
                        visible(created.stream())
                                .contains(new Visible(created.stream().begin(), text)),
                        "confirmed, but the initial data is not there: " + text + " " + created);
            case Outcome.Accepted _, Outcome.Refused _ -> {}
        }
    }

    private static Optional<String> dataOf(Command command) {
        Payload payload =
                switch (command) {
                    case Command.Create create -> create.payload();
                    case Command.Append append ->
                        append.body() instanceof Command.Body.Fit(Payload fit) ? fit : Payload.NONE;
                    case Command.Close _,
                            Command.Delete _,
                            Command.Touch _,
                            Command.Expire _,
                            Command.Reference _,
                            Command.Unreference _,
                            Command.CancelReference _ -> Payload.NONE;
                };
        return payload.isEmpty() ? Optional.empty() : Optional.of(new String(payload.value(), UTF_8));
    }

    private boolean refusable(Call call, Command command, Outcome.Refused refused, long clockMin, long clockMax) {
        Outcome expected = still(refused);
        for (Moment moment : moments(command.path(), call.startEnd)) {
            if (command instanceof Command.Create) {
                for (long position = moment.from(); position < moment.to(); position++) {
                    Optional<StreamPath> owner = owners.get((int) position);
                    if (owner.isPresent() && !owner.get().equals(command.path())) {
                        if (new Outcome.TopicTaken(owner.get()).equals(expected)) {
                            return true;
                        }
                    }
                }
            }
            for (long millis : moment.times(clockMin, clockMax)) {
                Command.Decision decision = command.against(moment.state(), new At(moment.from(), millis));
                if (decision instanceof Command.Decision.Refuse(Outcome.Refused possible)
                        && still(possible).equals(expected)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What stood at a path while the log's end was at {@code from} to {@code to}, exclusive. */
    private record Moment(StreamState state, long from, long to, long firstLogTime, long lastLogTime) {

        long[] times(long clockMin, long clockMax) {
            return new long[] {
                firstLogTime, lastLogTime, Math.max(firstLogTime, clockMin), Math.max(lastLogTime, clockMax)
            };
        }

        /** Whether the stream may have been shown by a gateway whose clock was at {@code clock} at least. */
        boolean stands(String incarnation, long clock) {
            return state instanceof Standing standing
                    && standing.incarnation().id().equals(incarnation)
                    && !standing.expiredAt(Math.max(firstLogTime, clock));
        }

        boolean missing(long clock) {
            return switch (state) {
                case Absent() -> true;
                case SoftDeleted _ -> false;
                case Standing standing -> standing.expiredAt(Math.max(lastLogTime, clock));
            };
        }
    }

    private List<Moment> moments(StreamPath path, long startEnd) {
        List<Moment> moments = new ArrayList<>();
        long end = replay.position() + 1;
        TreeMap<Long, StreamState> states = history.getOrDefault(path, new TreeMap<>());
        Map.Entry<Long, StreamState> before = states.floorEntry(startEnd);
        Map<Long, StreamState> all = new LinkedHashMap<>();
        all.put(startEnd, before == null ? Absent.ABSENT : before.getValue());
        all.putAll(states.tailMap(startEnd, false));
        List<Long> starts = new ArrayList<>(all.keySet());
        for (int i = 0; i < starts.size(); i++) {
            long from = starts.get(i);
            long to = i + 1 < starts.size() ? starts.get(i + 1) : end;
            moments.add(new Moment(
                    all.getOrDefault(from, Absent.ABSENT),
                    from,
                    to,
                    logTimes.get((int) from),
                    logTimes.get((int) to - 1)));
        }
        return moments;
    }

    /**
     * Holds what a read was told against the log.
     *
     * @param staleMillis how long a chunk that does not reach the tail may lag behind
     */
    void checkRead(Call call, Reply reply, long nowMillis, long clockMin, long clockMax, long staleMillis) {
        StreamPath path = call.request.path();
        List<Moment> moments = moments(path, call.startEnd);
        switch (reply) {
            case Reply.Chunk chunk -> {
                checkRecords(path, chunk);
                meaning(chunk.stream(), chunk.start());
                meaning(chunk.stream(), chunk.end());
                String incarnation = chunk.stream().incarnation().id();
                if (chunk.upToDate()) {
                    checkAny(
                            moments,
                            moment -> moment.stands(incarnation, clockMin)
                                    && still(moment.state()).equals(still(chunk.stream())),
                            "stale: nothing but " + chunk + " is there");
                } else {
                    long since = Math.min(call.startEnd, endBefore(nowMillis, staleMillis));
                    checkAny(
                            moments(path, since),
                            moment -> moment.stands(incarnation, Long.MIN_VALUE),
                            "stale data of a former life: " + chunk);
                }
            }
            case Reply.Found(Optional<Standing> found) -> {
                if (found.isEmpty()) {
                    checkAny(moments, moment -> moment.missing(clockMax), "there was a stream at " + path);
                } else {
                    Standing stream = found.get();
                    meaning(stream, stream.tail());
                    checkAny(
                            moments,
                            moment -> moment.stands(stream.incarnation().id(), clockMin)
                                    && still(moment.state()).equals(still(stream)),
                            "stale: found " + stream);
                }
            }
            case Reply.BeyondTail(OffsetToken tail) ->
                throw new Violation("a served offset is beyond the tail " + tail);
            case Reply.Gone(OffsetToken earliest) ->
                checkAny(
                        moments,
                        moment -> moment.state() instanceof Standing standing
                                && standing.token(standing.begin()).equals(earliest),
                        "gone, but not for a later life");
            case Reply.Decided _, Reply.Over _, Reply.Unavailable _, Reply.Undecided _ -> {}
        }
    }

    /** {@code last} must reach as far as the stream does by now. */
    void checkCaughtUp(StreamPath path, Reply.Chunk last) {
        check(
                state(path) instanceof Standing standing
                        && standing.incarnation().equals(last.stream().incarnation())
                        && standing.tail() == last.end(),
                "a live reader of " + path + " was left behind at " + last + ": " + state(path));
    }

    /** A chunk holds exactly what is visible between its ends, for ever. */
    private void checkRecords(StreamPath path, Reply.Chunk chunk) {
        List<Visible> expected = visible(chunk.stream()).stream()
                .filter(record -> record.offset() >= chunk.start() && record.offset() < chunk.end())
                .toList();
        check(expected.equals(chunk.records()), "other data at " + path + ": " + chunk + " instead of " + expected);
        if (!expected.isEmpty()) {
            check(expected.getLast().offset() + 1 == chunk.end(), "the chunk's end is no record's end: " + chunk);
        }
    }

    /** An offset means one thing: the same records are before it whenever and by whomever it is served. */
    private void meaning(Standing stream, long position) {
        int before = 0;
        for (Visible record : visible(stream)) {
            if (record.offset() < position) {
                before++;
            }
        }
        String meaning = stream.incarnation().id() + " after " + before;
        String known = meanings.putIfAbsent(stream.token(position).text(), meaning);
        check(known == null || known.equals(meaning), "an offset means " + known + " and " + meaning);
    }

    private static void checkAny(List<Moment> moments, Predicate<Moment> claim, String complaint) {
        check(moments.stream().anyMatch(claim), complaint);
    }

    private static void check(boolean holds, String complaint) {
        if (!holds) {
            throw new Violation(complaint);
        }
    }

    /** The outcome without times of access, which are no part of an answer. */
    private static Outcome still(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Created(Standing stream, var release) -> new Outcome.Created(still(stream), release);
            case Outcome.Appended(Standing stream, var producer) -> new Outcome.Appended(still(stream), producer);
            case Outcome.ClosedNow(Closed stream, var producer) -> new Outcome.ClosedNow(still(stream), producer);
            case Outcome.Existing(Standing stream, boolean same) -> new Outcome.Existing(still(stream), same);
            case Outcome.Duplicate(Standing stream, long epoch, long lastSeq) ->
                new Outcome.Duplicate(still(stream), epoch, lastSeq);
            case Outcome.AppendToClosed(Closed stream) -> new Outcome.AppendToClosed(still(stream));
            case Outcome.ClosedBefore(Closed stream) -> new Outcome.ClosedBefore(still(stream));
            case Outcome.Accepted accepted -> accepted;
            case Outcome.Refused refused -> refused;
        };
    }

    private static StreamState still(StreamState state) {
        return switch (state) {
            case Absent absent -> absent;
            case SoftDeleted ended -> ended;
            case Standing standing -> still(standing);
        };
    }

    private static Standing still(Standing standing) {
        return switch (standing) {
            case Closed closed -> still(closed);
            case Open(var life, long tail, var producers, var seq, var references, long _) ->
                new Open(life, tail, producers, seq, references, 0);
        };
    }

    private static Closed still(Closed closed) {
        return new Closed(closed.life(), closed.tail(), closed.closedBy(), closed.references(), 0);
    }
}
