package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.fork.ForkAttempt;
import io.millrace.mapping.fork.ForkAttempt.Step;
import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.fork.SourceRead;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forks, which need two partitions: their creation, and the end of what their sources keep for them. */
final class Forks {

    private static final Logger LOG = LoggerFactory.getLogger(Forks.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** A reference may be so old before it is asked whether its fork was ever created: its creator may be at it. */
    private static final Duration COLLECT_AFTER = Duration.ofSeconds(5);

    /** References dealt with at a time. */
    private static final int COLLECTING_MOST = 16;

    /** Reads of a source that look for the record at the divergence point, one chunk each. */
    private static final int MOST_LOOKS = 64;

    /** The streams that forks are made of. */
    interface Streams {

        /** Executes a command in the partition that its path leads to. */
        Outcome execute(Command command) throws LogFailure, InterruptedException;

        /** A stream as of now; this is no access. */
        StreamState find(StreamPath path) throws LogFailure, InterruptedException;

        /** A stream as far as this gateway has replayed it. */
        StreamState replayed(StreamPath path) throws LogFailure, InterruptedException;

        /** Reads about {@code bytes} of a stream; this is no access. */
        ReadAnswer read(StreamPath path, RequestedOffset from, Freshness freshness, long bytes)
                throws LogFailure, InterruptedException;

        /** Whether no partition must be loaded in order to look at the stream. */
        boolean isAtHand(StreamPath path) throws LogFailure, InterruptedException;

        /** Whether the stream is in a topic that somebody else writes: it keeps nothing for forks. */
        boolean isOthers(StreamPath path) throws LogFailure;
    }

    private final Streams streams;
    private final Set<HostedPartition> collecting = ConcurrentHashMap.newKeySet();
    private final Semaphore collectors = new Semaphore(COLLECTING_MOST, true);

    Forks(Streams streams) {
        this.streams = streams;
    }

    // ---- creation

    /** Creates a fork, or finds that it is there as asked for. */
    Outcome create(ForkRequest request) throws LogFailure, InterruptedException {
        if (streams.isOthers(request.path())) {
            throw new LogFailure.Unsupported(
                    "a stream of a topic that somebody else writes cannot be made a fork of another one");
        }
        ForkAttempt attempt = new ForkAttempt(request);
        while (true) {
            switch (attempt.next()) {
                case Step.FindTarget(Optional<ForkOrigin> abandoned) -> {
                    abandoned.ifPresent(this::release);
                    attempt.onTarget(streams.find(request.path()));
                }
                case Step.ReadSource(RequestedOffset from, boolean wantsRecord) ->
                    attempt.onSource(readSource(request.source(), from, wantsRecord));
                case Step.Refer(Command.Reference reference) -> attempt.onReferred(streams.execute(reference));
                case Step.Create(Command.Create create) -> attempt.onCreated(create(create));
                case Step.Answer(Outcome outcome, Optional<ForkOrigin> abandoned) -> {
                    abandoned.ifPresent(this::release);
                    return outcome;
                }
                case Step.GiveUp(Optional<ForkOrigin> abandoned) -> {
                    abandoned.ifPresent(this::release);
                    throw new LogFailure.Unavailable(
                            "the source, or what stands here, changes again and again; try again", RETRY_AFTER);
                }
            }
        }
    }

    /** Where it is known that nothing was written, the reference need not wait for the source's end. */
    private Outcome create(Command.Create create) throws LogFailure, InterruptedException {
        try {
            return streams.execute(create);
        } catch (LogFailure e) {
            if (!(e instanceof LogFailure.Undecided)) {
                create.configuration().origin().ifPresent(this::release);
            }
            throw e;
        }
    }

    private SourceRead readSource(StreamPath source, RequestedOffset from, boolean wantsRecord)
            throws LogFailure, InterruptedException {
        ReadAnswer answer = streams.read(source, from, Freshness.LATEST, 1);
        for (int looks = 1; looks < MOST_LOOKS && wantsRecord && goesOn(answer); looks++) {
            ReadAnswer.Chunk nothing = (ReadAnswer.Chunk) answer;
            answer = from(nothing, streams.read(source, new RequestedOffset.At(nothing.next()), Freshness.LATEST, 1));
        }
        return switch (answer) {
            case ReadAnswer.Chunk chunk ->
                new SourceRead.Found(
                        chunk.stream().configuration(),
                        streams.isOthers(source)
                                ? Optional.empty()
                                : Optional.of(chunk.stream().incarnation()),
                        chunk.token(chunk.start()),
                        chunk.records().stream().findFirst().map(record -> next(chunk, record)));
            case ReadAnswer.NoSuchStream() -> new SourceRead.Absent();
            case ReadAnswer.SoftDeleted() -> new SourceRead.Ended();
            case ReadAnswer.BeyondTail(OffsetToken tail) ->
                new SourceRead.NoSuchPoint("Stream-Fork-Offset is beyond the source's tail, which is " + tail);
            case ReadAnswer.Gone(OffsetToken earliest) ->
                new SourceRead.NoSuchPoint("Stream-Fork-Offset is none of the source's offsets, or its data is not kept"
                        + " any more; its earliest offset is " + earliest);
        };
    }

    /** Whether records may follow that this read has not come to: of one key, only so many are looked through. */
    private static boolean goesOn(ReadAnswer answer) {
        return answer instanceof ReadAnswer.Chunk chunk && chunk.records().isEmpty() && !chunk.upToDate();
    }

    /** The later read, from where the earlier one began. */
    private static ReadAnswer from(ReadAnswer.Chunk earlier, ReadAnswer later) {
        return later instanceof ReadAnswer.Chunk chunk
                ? new ReadAnswer.Chunk(
                        chunk.stream(),
                        earlier.start(),
                        chunk.end(),
                        chunk.records(),
                        chunk.lineage(),
                        chunk.caching(),
                        chunk.variant())
                : later;
    }

    private static SourceRead.NextRecord next(ReadAnswer.Chunk chunk, WireRecord record) {
        return new SourceRead.NextRecord(record.payload(), chunk.token(record.end()));
    }

    // ---- release

    /** Tells the source, in the background, that the fork from {@code origin} needs nothing of it any more. */
    void release(ForkOrigin origin) {
        origin.reference().ifPresent(reference -> Thread.ofVirtual()
                .name("millrace-release")
                .start(() -> attempt(
                        origin.source(),
                        () -> streams.execute(
                                new Command.Unreference(origin.source(), reference.source(), reference.id())))));
    }

    /** Does what {@code outcome} leaves to do: a source without its last fork may have been a fork itself. */
    void after(Outcome outcome) {
        if (outcome instanceof Outcome.Ending ending) {
            ending.release().origin().ifPresent(this::release);
        }
    }

    /**
     * Looks after references that were left behind: of a fork that was never created, or whose end its gateway did not
     * live to report. Only where the source has ended do they keep anything. All of a partition's are looked at before
     * it is begun anew with them: most may be of forks that live on, and tell nothing from the one that is not. For the
     * same reason partitions are loaded for them now and then only.
     */
    void collect(HostedPartition partition) {
        long before = System.currentTimeMillis() - COLLECT_AFTER.toMillis();
        List<HostedPartition.Dangling> references = partition.referencesToEnded(before);
        if (references.isEmpty() || !collecting.add(partition)) {
            return;
        }
        boolean thorough = partition.beginsThoroughLook();
        Thread.ofVirtual().name("millrace-collect").start(() -> {
            try {
                for (HostedPartition.Dangling reference : references) {
                    collectors.acquire();
                    Thread.ofVirtual().name("millrace-collect-one").start(() -> {
                        try {
                            attempt(reference.source(), () -> collect(reference, thorough));
                        } finally {
                            collectors.release();
                        }
                    });
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                collecting.remove(partition);
            }
        });
    }

    private void collect(HostedPartition.Dangling dangling, boolean thorough) throws LogFailure, InterruptedException {
        StreamPath fork = dangling.reference().fork();
        if (!thorough && !streams.isAtHand(fork)) {
            return;
        }
        if (streams.replayed(fork) instanceof StreamState.Retained stream && stream.isForkOf(dangling.id())) {
            return;
        }
        // It may have been created and not replayed here, or be created yet: the fork's partition decides.
        Outcome outcome = streams.execute(new Command.CancelReference(
                fork, dangling.id(), dangling.reference().timeMillis()));
        if (outcome instanceof Outcome.ReferenceCancelled) {
            LOG.info("event=reference-collected source={} fork={}", dangling.source(), fork);
            streams.execute(new Command.Unreference(dangling.source(), dangling.incarnation(), dangling.id()));
        }
    }

    /** What may fail, for it will be tried again: by this gateway's sweep, or another's. */
    @FunctionalInterface
    private interface Attempt {
        void make() throws LogFailure, InterruptedException;
    }

    private static void attempt(StreamPath source, Attempt attempt) {
        try {
            attempt.make();
        } catch (LogFailure e) {
            LOG.debug("event=release-failed source={} cause=\"{}\"", source, e.reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
