package io.millrace.gateway.http;

import io.millrace.gateway.config.StreamsSettings;
import io.millrace.gateway.live.EventStream;
import io.millrace.gateway.live.Jitter;
import io.millrace.gateway.live.LiveReader;
import io.millrace.gateway.live.LiveReaders;
import io.millrace.gateway.live.LongPoll;
import io.millrace.gateway.live.ReaderCursor;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.StreamLog;
import io.millrace.gateway.log.StreamLog.Freshness;
import io.millrace.mapping.http.LiveMode;
import io.millrace.mapping.http.QueryParameters;
import io.millrace.mapping.http.QueryParameters.Parameter;
import io.millrace.mapping.http.StartPoint;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** GET: reads a stream, to its tail or for as long as it grows (PROTOCOL.md 5.6 to 5.8). */
final class ReadHandler implements StreamOperation {

    private final StreamLog log;
    private final LiveReaders readers;
    private final LongPoll longPoll;
    private final StreamsSettings settings;
    private final InstantSource clock;

    ReadHandler(StreamLog log, LiveReaders readers, StreamsSettings settings, InstantSource clock) {
        this.log = log;
        this.readers = readers;
        this.longPoll = new LongPoll(readers, settings.longPollTimeout());
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public Answer answer(StreamRequest request) throws LogFailure, InterruptedException {
        return switch (QueryParameters.parse(request.rawQuery())) {
            case QueryParameters.Parsed.Malformed(String reason) -> Answers.badRequest(reason);
            case QueryParameters.Parsed.Valid(QueryParameters query) ->
                switch (LiveMode.parse(query)) {
                    case LiveMode.Parsed.Malformed(String reason) -> Answers.badRequest(reason);
                    case LiveMode.Parsed.Valid(LiveMode mode) -> answer(request, query, mode);
                };
        };
    }

    private Answer answer(StreamRequest request, QueryParameters query, LiveMode mode)
            throws LogFailure, InterruptedException {
        if (isFirst(query)) {
            switch (StartPoint.parse(query)) {
                case StartPoint.Parsed.None() -> {}
                case StartPoint.Parsed.Malformed(String reason) -> {
                    return Answers.badRequest(reason);
                }
                case StartPoint.Parsed.Valid(StartPoint start) -> {
                    Optional<OffsetToken> offset = log.locate(request.path(), start);
                    if (offset.isPresent()) {
                        return Answers.startsAt(request.urlFrom(offset.get()));
                    }
                }
            }
        }
        return switch (query.parameter(QueryParameters.OFFSET)) {
            case Parameter.Repeated() -> Answers.badRequest("offset is given more than once");
            case Parameter.Absent()
            when mode != LiveMode.CATCH_UP ->
                Answers.badRequest("a live read needs an offset: -1 for the beginning, now for the tail");
            case Parameter.Absent() -> catchUp(request, new RequestedOffset.Beginning());
            case Parameter.Value(String text) -> {
                Optional<RequestedOffset> offset = RequestedOffset.parse(text);
                if (offset.isEmpty()) {
                    yield Answers.badRequest("offset is malformed: take it from Stream-Next-Offset, or -1, or now");
                }
                yield switch (mode) {
                    case CATCH_UP -> catchUp(request, offset.get());
                    case LONG_POLL -> longPoll(request, offset.get(), cursor(query));
                    case SSE -> events(request, offset.get(), cursor(query));
                };
            }
        };
    }

    /** Whether it is a client's first read: it has no offset of its own yet. */
    private static boolean isFirst(QueryParameters query) {
        return switch (query.parameter(QueryParameters.OFFSET)) {
            case Parameter.Absent() -> true;
            case Parameter.Value(String text) -> text.equals(RequestedOffset.BEGINNING);
            case Parameter.Repeated() -> false;
        };
    }

    private Answer catchUp(StreamRequest request, RequestedOffset from) throws LogFailure, InterruptedException {
        ClientCopy copy = ClientCopy.of(request.headers());
        ReadAnswer read = log.read(request.path(), from, Freshness.LATEST, copy::is);
        return from instanceof RequestedOffset.Now
                ? Answers.atTail(read)
                : Answers.catchUp(read, copy, clock.instant());
    }

    private Answer longPoll(StreamRequest request, RequestedOffset from, Optional<String> cursor)
            throws LogFailure, InterruptedException {
        ReadAnswer read = longPoll.await(request.path(), from, request::onGone);
        String next = new ReaderCursor(cursor, clock).text();
        return from instanceof RequestedOffset.Now
                ? Answers.longPollFromTail(read, next)
                : Answers.longPoll(read, ClientCopy.of(request.headers()), next, clock.instant());
    }

    private Answer events(StreamRequest request, RequestedOffset from, Optional<String> cursor)
            throws LogFailure, InterruptedException {
        LiveReader reader = readers.open(request.path());
        boolean begun = false;
        try {
            request.onGone(reader::leave);
            ReadAnswer read = reader.readLatest(from);
            if (!(read instanceof ReadAnswer.Chunk first)) {
                return Answers.noEvents(read);
            }
            begun = true;
            return Answers.events(
                    new EventStream(reader, first, new ReaderCursor(cursor, clock), lifetime(), settings.keepAlive()));
        } finally {
            if (!begun) {
                reader.close();
            }
        }
    }

    private Duration lifetime() {
        return Jitter.around(settings.sseLifetime(), ThreadLocalRandom.current());
    }

    /** The client's cursor; one that is given twice is none. */
    private static Optional<String> cursor(QueryParameters query) {
        return query.parameter(QueryParameters.CURSOR) instanceof Parameter.Value(String text)
                ? Optional.of(text)
                : Optional.empty();
    }
}
