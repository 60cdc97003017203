package io.millrace.gateway.http;

import io.millrace.gateway.http.RequestBody.Received;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.mapping.http.ClosedHeader;
import io.millrace.mapping.http.ContentTypeHeader;
import io.millrace.mapping.http.ExpiryHeaders;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.http.StreamHeaders;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import java.io.IOException;

/** PUT: creates a stream, or finds that it is there as asked for (PROTOCOL.md 5.1). */
final class CreateHandler implements StreamOperation {

    private final StreamLog log;
    private final int limit;

    CreateHandler(StreamLog log, int limit) {
        this.log = log;
        this.limit = limit;
    }

    @Override
    public Answer answer(StreamRequest request) throws LogFailure, IOException, InterruptedException {
        RequestHeaders headers = request.headers();
        if (!headers.values(StreamHeaders.STREAM_FORKED_FROM).isEmpty()) {
            return Answers.notImplemented("Forks are");
        }
        if (!headers.values(StreamHeaders.STREAM_FORK_OFFSET).isEmpty()
                || !headers.values(StreamHeaders.STREAM_FORK_SUB_OFFSET).isEmpty()) {
            return Answers.badRequest("Stream-Fork-Offset and Stream-Fork-Sub-Offset need Stream-Forked-From");
        }
        return switch (ExpiryHeaders.parse(headers)) {
            case ExpiryHeaders.Malformed(String reason) -> Answers.badRequest(reason);
            case ExpiryHeaders.Never() -> create(request, new Expiry.Never());
            case ExpiryHeaders.Sliding sliding ->
                create(request, new Expiry.Sliding(sliding.ttl().duration()));
            case ExpiryHeaders.Absolute absolute ->
                create(request, new Expiry.Absolute(absolute.at().instant()));
        };
    }

    private Answer create(StreamRequest request, Expiry expiry) throws LogFailure, IOException, InterruptedException {
        return switch (ContentTypeHeader.parse(request.headers())) {
            case ContentTypeHeader.Malformed(String reason) -> Answers.badRequest(reason);
            case ContentTypeHeader.None() -> create(request, expiry, MediaType.DEFAULT);
            case ContentTypeHeader.Type(MediaType type) -> create(request, expiry, type);
        };
    }

    private Answer create(StreamRequest request, Expiry expiry, MediaType type)
            throws LogFailure, IOException, InterruptedException {
        return switch (request.body().read(limit)) {
            case Received.Whole(byte[] body) -> create(request, expiry, type, body);
            case Received.TooLarge() -> Answers.tooLarge(limit);
            case Received.TooSlow() -> Answers.tooSlow();
            case Received.NoRoom() -> Answers.noRoomForBody();
        };
    }

    private Answer create(StreamRequest request, Expiry expiry, MediaType type, byte[] body)
            throws LogFailure, InterruptedException {
        return switch (Bodies.ofCreate(body, type)) {
            case Command.Body.Unfit(String reason) -> Answers.badRequest(reason);
            case Command.Body.Fit fit ->
                Answers.of(
                        log.execute(new Command.Create(
                                request.path(),
                                new StreamConfiguration(type, expiry),
                                fit.payload(),
                                ClosedHeader.parse(request.headers()) == ClosedHeader.CLOSE)),
                        request.url());
        };
    }
}
