package io.millrace.gateway.http;

import io.millrace.gateway.http.RequestBody.Received;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.mapping.fork.ForkRequest;
import io.millrace.mapping.http.ClosedHeader;
import io.millrace.mapping.http.ContentTypeHeader;
import io.millrace.mapping.http.ExpiryHeaders;
import io.millrace.mapping.http.ForkHeaders;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.io.IOException;
import java.util.Optional;

/** PUT: creates a stream or a fork of one, or finds that it is there as asked for (PROTOCOL.md 4.2 and 5.1). */
final class CreateHandler implements StreamOperation {

    private final StreamLog log;
    private final String prefix;
    private final int limit;

    /**
     * PUTs.
     *
     * @param prefix the URL path below which streams live, sources of forks too
     * @param limit  the largest body, in bytes
     */
    CreateHandler(StreamLog log, String prefix, int limit) {
        this.log = log;
        this.prefix = prefix;
        this.limit = limit;
    }

    @Override
    public Answer answer(StreamRequest request) throws LogFailure, IOException, InterruptedException {
        RequestHeaders headers = request.headers();
        Optional<Expiry> expiry;
        switch (ExpiryHeaders.parse(headers)) {
            case ExpiryHeaders.Malformed(String reason) -> {
                return Answers.badRequest(reason);
            }
            case ExpiryHeaders.Never() -> expiry = Optional.empty();
            case ExpiryHeaders.Sliding sliding ->
                expiry = Optional.of(new Expiry.Sliding(sliding.ttl().duration()));
            case ExpiryHeaders.Absolute absolute ->
                expiry = Optional.of(new Expiry.Absolute(absolute.at().instant()));
        }
        return switch (ContentTypeHeader.parse(headers)) {
            case ContentTypeHeader.Malformed(String reason) -> Answers.badRequest(reason);
            case ContentTypeHeader.None() -> answer(request, expiry, Optional.empty());
            case ContentTypeHeader.Type(MediaType type) -> answer(request, expiry, Optional.of(type));
        };
    }

    private Answer answer(StreamRequest request, Optional<Expiry> expiry, Optional<MediaType> type)
            throws LogFailure, IOException, InterruptedException {
        return switch (ForkHeaders.parse(request.headers(), prefix)) {
            case ForkHeaders.Malformed(String reason) -> Answers.badRequest(reason);
            case ForkHeaders.Elsewhere(String source) -> Answers.noSuchSource(source, prefix);
            case ForkHeaders.None() ->
                withBody(
                        request,
                        body -> create(
                                request,
                                new StreamConfiguration(
                                        type.orElse(MediaType.DEFAULT), expiry.orElseGet(Expiry.Never::new)),
                                body));
            case ForkHeaders.Fork(StreamPath source, RequestedOffset from, ForkOrigin.Requested requested) ->
                withBody(
                        request,
                        body -> Answers.of(
                                log.fork(new ForkRequest(
                                        request.path(),
                                        source,
                                        from,
                                        requested,
                                        type,
                                        expiry,
                                        forkType -> Bodies.ofCreate(body, forkType),
                                        closes(request))),
                                request.url()));
        };
    }

    /** What is done with a body once it is there. */
    @FunctionalInterface
    private interface Creation {
        Answer with(byte[] body) throws LogFailure, InterruptedException;
    }

    private Answer withBody(StreamRequest request, Creation creation)
            throws LogFailure, IOException, InterruptedException {
        return switch (request.body().read(limit)) {
            case Received.Whole(byte[] body) -> creation.with(body);
            case Received.TooLarge() -> Answers.tooLarge(limit);
            case Received.TooSlow() -> Answers.tooSlow();
            case Received.NoRoom() -> Answers.noRoomForBody();
        };
    }

    private Answer create(StreamRequest request, StreamConfiguration configuration, byte[] body)
            throws LogFailure, InterruptedException {
        return switch (Bodies.ofCreate(body, configuration.contentType())) {
            case Command.Body.Unfit(String reason) -> Answers.badRequest(reason);
            case Command.Body.Fit(Payload payload) ->
                Answers.of(
                        log.execute(new Command.Create(request.path(), configuration, payload, closes(request))),
                        request.url());
        };
    }

    private static boolean closes(StreamRequest request) {
        return ClosedHeader.parse(request.headers()) == ClosedHeader.CLOSE;
    }
}
