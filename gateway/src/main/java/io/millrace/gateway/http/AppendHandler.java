package io.millrace.gateway.http;

import io.millrace.gateway.http.RequestBody.Received;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.StreamLog;
import io.millrace.mapping.http.ClosedHeader;
import io.millrace.mapping.http.ContentTypeHeader;
import io.millrace.mapping.http.ProducerHeaders;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.http.StreamSeqHeader;
import io.millrace.mapping.judge.Command;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import java.io.IOException;
import java.util.Optional;

/** POST: appends, closes, or both (PROTOCOL.md 5.2, 5.3). */
final class AppendHandler implements StreamOperation {

    private final StreamLog log;
    private final int limit;

    AppendHandler(StreamLog log, int limit) {
        this.log = log;
        this.limit = limit;
    }

    @Override
    public Answer answer(StreamRequest request) throws LogFailure, IOException, InterruptedException {
        return switch (ProducerHeaders.parse(request.headers())) {
            case ProducerHeaders.Malformed(String reason) -> Answers.badRequest(reason);
            case ProducerHeaders.None() -> append(request, Optional.empty());
            case ProducerHeaders.Present(String id, long epoch, long seq) ->
                append(request, Optional.of(new ProducerStamp(id, epoch, seq)));
        };
    }

    private Answer append(StreamRequest request, Optional<ProducerStamp> producer)
            throws LogFailure, IOException, InterruptedException {
        return switch (request.body().read(limit)) {
            case Received.Whole(byte[] body) -> append(request, producer, body);
            case Received.TooLarge() -> Answers.tooLarge(limit);
            case Received.TooSlow() -> Answers.tooSlow();
            case Received.NoRoom() -> Answers.noRoomForBody();
        };
    }

    private Answer append(StreamRequest request, Optional<ProducerStamp> producer, byte[] body)
            throws LogFailure, InterruptedException {
        RequestHeaders headers = request.headers();
        boolean closes = ClosedHeader.parse(headers) == ClosedHeader.CLOSE;
        if (body.length == 0) {
            // PROTOCOL.md 5.2: a body-less request is never refused for its content type.
            return closes
                    ? Answers.of(log.execute(new Command.Close(request.path(), producer)), request.url())
                    : Answers.badRequest("the body is empty, and Stream-Closed is not there to say why");
        }
        return switch (ContentTypeHeader.parse(headers)) {
            case ContentTypeHeader.None() -> Answers.badRequest("a body needs a Content-Type, the stream's");
            case ContentTypeHeader.Malformed(String reason) -> Answers.badRequest(reason);
            case ContentTypeHeader.Type(MediaType type) ->
                switch (StreamSeqHeader.parse(headers)) {
                    case StreamSeqHeader.Malformed(String reason) -> Answers.badRequest(reason);
                    case StreamSeqHeader.Mark(String text) ->
                        append(request, type, body, producer, Optional.of(text), closes);
                    case StreamSeqHeader.None() -> append(request, type, body, producer, Optional.empty(), closes);
                };
        };
    }

    private Answer append(
            StreamRequest request,
            MediaType type,
            byte[] body,
            Optional<ProducerStamp> producer,
            Optional<String> streamSeq,
            boolean closes)
            throws LogFailure, InterruptedException {
        Command append =
                new Command.Append(request.path(), type, Bodies.ofAppend(body, type), producer, streamSeq, closes);
        return Answers.of(log.execute(append), request.url());
    }
}
