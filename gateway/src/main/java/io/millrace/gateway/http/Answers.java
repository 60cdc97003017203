package io.millrace.gateway.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.millrace.gateway.live.EventStream;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.PartitionState;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.observe.Metrics;
import io.millrace.mapping.judge.Outcome;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.rule.MappingRule;
import io.millrace.mapping.rule.MappingRules;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.ProducerStamp;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Standing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every status code of the gateway, and the headers that belong to it: what happened, in HTTP's words. */
final class Answers {

    private static final Status UNPROCESSABLE_CONTENT_422 = Status.create(422, "Unprocessable Content");

    /** When what is full may have room again. */
    private static final long SHORTLY_SECONDS = 1;

    private Answers() {}

    /** What a command came to. {@code url} is the stream's, for the answer to a PUT that creates it. */
    static Answer of(Outcome outcome, String url) {
        return switch (outcome) {
            case Outcome.Created(Standing stream, Outcome.Release _) ->
                configured(Status.CREATED_201, stream).with(HeaderNames.LOCATION, url);
            case Outcome.Existing(Standing stream, boolean sameConfiguration) ->
                sameConfiguration ? configured(Status.OK_200, stream) : otherConfiguration(stream);
            case Outcome.TopicTaken(StreamPath owner) ->
                new Problem(
                                Status.CONFLICT_409,
                                "topic-taken",
                                "Topic belongs to another stream",
                                "The Kafka topic of this path belongs to the stream " + owner + " already.")
                        .answer();
            case Outcome.Appended(Standing stream, Optional<ProducerStamp> producer) ->
                producer.map(stamp -> produced(tail(Status.OK_200, stream), stamp.epoch(), stamp.seq()))
                        .orElseGet(() -> tail(Status.NO_CONTENT_204, stream));
            case Outcome.ClosedNow(Closed stream, Optional<ProducerStamp> producer) -> {
                Answer closed = tail(Status.NO_CONTENT_204, stream);
                yield producer.map(stamp -> produced(closed, stamp.epoch(), stamp.seq()))
                        .orElse(closed);
            }
            case Outcome.ClosedBefore(Closed stream) -> tail(Status.NO_CONTENT_204, stream);
            case Outcome.Duplicate(Standing stream, long epoch, long lastSeq) ->
                produced(tail(Status.NO_CONTENT_204, stream), epoch, lastSeq);
            case Outcome.Fenced(long currentEpoch) ->
                new Problem(
                                Status.FORBIDDEN_403,
                                "producer-fenced",
                                "Producer is fenced",
                                "A later instance of this producer has taken over with epoch " + currentEpoch + ".")
                        .answer()
                        .with(HeaderFields.PRODUCER_EPOCH, currentEpoch);
            case Outcome.EpochNotOpened(long epoch, long seq) ->
                new Problem(
                                Status.BAD_REQUEST_400,
                                "epoch-not-opened",
                                "New epoch must begin with sequence 0",
                                "Epoch " + epoch + " is new, and its first append came with Producer-Seq " + seq + ".")
                        .answer();
            case Outcome.SequenceGap(long expected, long received) ->
                new Problem(
                                Status.CONFLICT_409,
                                "sequence-gap",
                                "Earlier append is missing",
                                "Producer-Seq " + expected + " must come before " + received + ".")
                        .answer()
                        .with(HeaderFields.PRODUCER_EXPECTED_SEQ, expected)
                        .with(HeaderFields.PRODUCER_RECEIVED_SEQ, received);
            case Outcome.StreamSeqRegression(String last, String received) ->
                new Problem(
                                Status.CONFLICT_409,
                                "stream-seq-regression",
                                "Stream-Seq is not above the last one",
                                "The stream's last Stream-Seq is \"" + last + "\"; \"" + received
                                        + "\" does not come after it.")
                        .answer();
            case Outcome.AppendToClosed(Closed stream) ->
                new Problem(
                                Status.CONFLICT_409,
                                "stream-closed",
                                "Stream is closed",
                                "The stream is closed and takes no more data.")
                        .answer()
                        .with(HeaderFields.NEXT_OFFSET, tailOf(stream))
                        .with(HeaderFields.CLOSED);
            case Outcome.ContentTypeMismatch(MediaType configured) ->
                new Problem(
                                Status.CONFLICT_409,
                                "content-type-mismatch",
                                "Content type is not the stream's",
                                "The stream's content type is " + configured + ".")
                        .answer();
            case Outcome.BodyRefused(String reason) -> badRequest(reason);
            case Outcome.Deleted _ -> Answer.of(Status.NO_CONTENT_204);
            case Outcome.SoftDeleted() -> softDeleted();
            case Outcome.PathHeld() ->
                new Problem(
                                Status.CONFLICT_409,
                                "path-held",
                                "Path is held by forks",
                                "The stream here was deleted, and forks still begin with its data: nothing can be created"
                                        + " here before the last of them is gone.")
                        .answer();
            case Outcome.NoSuchSource(StreamPath source) ->
                new Problem(
                                Status.NOT_FOUND_404,
                                "no-such-source",
                                "No stream to fork",
                                "There is no stream " + source + " to fork.")
                        .answer();
            case Outcome.SourceSoftDeleted(StreamPath source) ->
                new Problem(
                                Status.CONFLICT_409,
                                "source-deleted",
                                "Stream to fork is deleted",
                                "The stream " + source + " was deleted; only the forks that it has live on.")
                        .answer();
            case Outcome.ForkPointRefused(String reason) -> badRequest(reason);
            case Outcome.NoSuchStream() -> noSuchStream();
            case Outcome.Expired _,
                    Outcome.Touched _,
                    Outcome.SetUp _,
                    Outcome.Checkpointed _,
                    Outcome.Thinned _,
                    Outcome.CheckpointSuperseded _,
                    Outcome.NotThinned _,
                    Outcome.OtherIncarnation _,
                    Outcome.NotExpired _,
                    Outcome.SetUpBefore _,
                    Outcome.CounterRegression _,
                    Outcome.Referenced _,
                    Outcome.Unreferenced _,
                    Outcome.ReferenceCancelled _,
                    Outcome.ReferenceVoid _,
                    Outcome.ForkStands _,
                    Outcome.NoSuchReference _ ->
                throw new IllegalStateException("no client's command comes to " + outcome);
        };
    }

    /** What a command or read failed of. */
    static Answer of(LogFailure failure) {
        String detail = failure.reason();
        return switch (failure) {
            case LogFailure.Unavailable unavailable ->
                new Problem(Status.SERVICE_UNAVAILABLE_503, "unavailable", "Not possible at the moment", detail)
                        .answerRetryAfter(unavailable.retryAfter().toSeconds());
            case LogFailure.Undecided _ ->
                new Problem(Status.GATEWAY_TIMEOUT_504, "undecided", "Outcome is not known", detail).answer();
            case LogFailure.TooLarge _ ->
                new Problem(Status.REQUEST_ENTITY_TOO_LARGE_413, "too-large", "Body is too large", detail).answer();
            case LogFailure.Unmapped _ ->
                new Problem(Status.NOT_FOUND_404, "unmapped", "No stream can be here", detail).answer();
            case LogFailure.IllegalTopic _ ->
                new Problem(Status.BAD_REQUEST_400, "illegal-topic", "No stream can have this path", detail).answer();
            case LogFailure.Denied _ -> new Problem(Status.FORBIDDEN_403, "denied", "Not for clients", detail).answer();
            case LogFailure.NotAllowed refused ->
                new Problem(Status.METHOD_NOT_ALLOWED_405, "not-allowed", "Not allowed on this stream", detail)
                        .answer()
                        .with(HeaderNames.ALLOW, refused.allowed());
            case LogFailure.Unsupported _ ->
                new Problem(Status.NOT_IMPLEMENTED_501, "unsupported", "Not possible on this stream", detail).answer();
        };
    }

    /** What is known of a stream (HEAD). */
    static Answer metadata(StreamState found) {
        return switch (found) {
            case StreamState.Absent() -> noSuchStream();
            case StreamState.SoftDeleted _ -> softDeleted();
            case Standing stream -> metadata(stream);
        };
    }

    private static Answer metadata(Standing stream) {
        Answer answer = configured(Status.OK_200, stream).with(HeaderFields.NO_STORE);
        return switch (stream.configuration().expiry()) {
            case Expiry.Never() -> answer;
            case Expiry.Sliding(Duration window) -> answer.with(HeaderFields.TTL, window.toSeconds());
            case Expiry.Absolute(Instant at) -> answer.with(HeaderFields.EXPIRES_AT, at.toString());
        };
    }

    /** A first read that begins at a point other than an offset: at that point's, where answers can be kept. */
    static Answer startsAt(String url) {
        return Answer.of(Status.TEMPORARY_REDIRECT_307)
                .with(HeaderNames.LOCATION, url)
                .with(HeaderFields.NO_STORE);
    }

    /** A catch-up read (PROTOCOL.md 5.6). */
    static Answer catchUp(ReadAnswer read, ClientCopy copy, Instant now) {
        return switch (read) {
            case Chunk chunk -> range(chunk, copy, CachePolicy.catchUp(chunk, now));
            case ReadAnswer.NoSuchStream() -> noSuchStream();
            case ReadAnswer.SoftDeleted() -> softDeleted();
            case ReadAnswer.BeyondTail(OffsetToken tail) -> beyondTail(tail);
            case ReadAnswer.Gone(OffsetToken earliest) -> gone(earliest);
        };
    }

    /** A catch-up read from {@code now} on: nothing, and where that is (PROTOCOL.md 8). */
    static Answer atTail(ReadAnswer read) {
        return switch (read) {
            case Chunk chunk -> whole(chunk).with(HeaderFields.NO_STORE);
            case ReadAnswer.NoSuchStream() -> noSuchStream();
            case ReadAnswer.SoftDeleted() -> softDeleted();
            case ReadAnswer.BeyondTail(OffsetToken tail) -> beyondTail(tail);
            case ReadAnswer.Gone(OffsetToken earliest) -> gone(earliest);
        };
    }

    /** A long-poll (PROTOCOL.md 5.7). */
    static Answer longPoll(ReadAnswer read, ClientCopy copy, String cursor, Instant now) {
        return switch (read) {
            case Chunk chunk when chunk.records().isEmpty() && chunk.upToDate() -> nothingYet(chunk, cursor);
            case Chunk chunk ->
                range(chunk, copy, CachePolicy.longPoll(chunk, now)).with(HeaderFields.CURSOR, cursor);
            case ReadAnswer.NoSuchStream() -> noSuchStream();
            case ReadAnswer.SoftDeleted() -> softDeleted();
            case ReadAnswer.BeyondTail(OffsetToken tail) -> beyondTail(tail);
            case ReadAnswer.Gone(OffsetToken earliest) -> gone(earliest);
        };
    }

    /** A long-poll from {@code now} on; what it gets is found at that URL only once. */
    static Answer longPollFromTail(ReadAnswer read, String cursor) {
        return switch (read) {
            case Chunk chunk when chunk.records().isEmpty() && chunk.upToDate() -> nothingYet(chunk, cursor);
            case Chunk chunk -> whole(chunk).with(HeaderFields.NO_STORE).with(HeaderFields.CURSOR, cursor);
            case ReadAnswer.NoSuchStream() -> noSuchStream();
            case ReadAnswer.SoftDeleted() -> softDeleted();
            case ReadAnswer.BeyondTail(OffsetToken tail) -> beyondTail(tail);
            case ReadAnswer.Gone(OffsetToken earliest) -> gone(earliest);
        };
    }

    /** An SSE read that has begun (PROTOCOL.md 5.8). */
    static Answer events(EventStream events) {
        Chunk first = events.first();
        MediaType type = first.stream().configuration().contentType();
        Answer answer = Answer.of(Status.OK_200);
        // PROTOCOL.md 8, "Closed streams": where nothing will ever come, the headers say so already.
        return (first.records().isEmpty() && first.endOfStream() ? position(answer, first) : answer)
                .with(HeaderFields.EVENT_STREAM)
                .with(HeaderFields.NO_CACHE)
                .with(HeaderFields.NO_BUFFERING)
                .with(HeaderFields.SSE_BASE64, type.sseNeedsBase64())
                .carrying(new Content.Events(events));
    }

    /** An SSE read that has not begun, because the first read got this. */
    static Answer noEvents(ReadAnswer read) {
        return switch (read) {
            case Chunk _ -> throw new IllegalArgumentException("a chunk begins an event stream");
            case ReadAnswer.NoSuchStream() -> noSuchStream();
            case ReadAnswer.SoftDeleted() -> softDeleted();
            case ReadAnswer.BeyondTail(OffsetToken tail) -> beyondTail(tail);
            case ReadAnswer.Gone(OffsetToken earliest) -> gone(earliest);
        };
    }

    /** A browser of another origin asks what it may do. */
    static Answer preflight() {
        return Answer.of(Status.NO_CONTENT_204).with(HeaderFields.PREFLIGHT);
    }

    /** The process runs, or Kafka can be used. */
    static Answer healthy() {
        return Answer.of(Status.OK_200)
                .with(HeaderFields.JSON)
                .with(HeaderFields.NO_STORE)
                .carrying(new Content.Bytes(HEALTHY.clone()));
    }

    /** All is well but for this. */
    static Answer healthyBut(String trouble) {
        return Answer.of(Status.OK_200)
                .with(HeaderFields.JSON)
                .with(HeaderFields.NO_STORE)
                .carrying(new Content.Bytes(JsonNodeFactory.instance
                        .objectNode()
                        .put("status", "up")
                        .put("trouble", trouble)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8)));
    }

    /** Metrics, in Prometheus' text format. */
    static Answer metrics(byte[] text) {
        return Answer.of(Status.OK_200)
                .with(HeaderNames.CONTENT_TYPE, Metrics.CONTENT_TYPE)
                .with(HeaderFields.NO_STORE)
                .carrying(new Content.Bytes(text));
    }

    /** What a partition has come to. */
    static Answer of(PartitionState state) {
        ObjectNode one = JsonNodeFactory.instance
                .objectNode()
                .put("position", state.position())
                .put("hash", state.hash())
                .put("streams", state.streams())
                .put("records", state.records())
                .put("dead", state.dead());
        state.checkpoint().ifPresent(asOf -> one.put("checkpoint", asOf));
        return json(one.put("thinnedBelow", state.thinnedBelow()));
    }

    /** What a reload of the rules came to. */
    static Answer of(ServedRules.Reload reload) {
        return switch (reload) {
            case ServedRules.Reload.Holding(MappingRules rules, List<String> warnings) -> holding(rules, warnings);
            case ServedRules.Reload.Refused(String reason) ->
                new Problem(UNPROCESSABLE_CONTENT_422, "rules-refused", "Rules are wrong", reason).answer();
        };
    }

    private static Answer holding(MappingRules rules, List<String> warnings) {
        ObjectNode holding = JsonNodeFactory.instance.objectNode();
        ArrayNode list = holding.putArray("rules");
        for (MappingRule rule : rules.rules()) {
            ObjectNode one = list.addObject().put("path", rule.template().toString());
            switch (rule) {
                case MappingRule.Shared shared -> one.put("kind", "shared").put("topic", shared.topic());
                case MappingRule.Dedicated dedicated ->
                    one.put("kind", "dedicated").put("topic", dedicated.topic().toString());
                case MappingRule.Existing existing ->
                    one.put("kind", "existing").put("topic", existing.topic().toString());
                case MappingRule.Deny _ -> one.put("kind", "deny");
            }
        }
        ArrayNode surprises = holding.putArray("warnings");
        warnings.forEach(surprises::add);
        return json(holding);
    }

    private static Answer json(ObjectNode node) {
        return Answer.of(Status.OK_200)
                .with(HeaderFields.JSON)
                .with(HeaderFields.NO_STORE)
                .carrying(new Content.Bytes(node.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** What a page in a browser asks for, and only operators may have. */
    static Answer notForPages() {
        return new Problem(
                        Status.FORBIDDEN_403,
                        "not-for-pages",
                        "Not for pages",
                        "The request comes from a page in a browser; operators send it without the header Origin.")
                .answer();
    }

    /** Requests should go to other gateways. */
    static Answer notReady(String reason) {
        return new Problem(Status.SERVICE_UNAVAILABLE_503, "not-ready", "Not ready", reason).answer();
    }

    /** The gateway shuts down. */
    static Answer draining() {
        return new Problem(
                        Status.SERVICE_UNAVAILABLE_503,
                        "shutting-down",
                        "Shutting down",
                        "This gateway is shutting down: try again, and another one or its successor will answer.")
                .answerRetryAfter(1)
                .with(HeaderFields.CLOSE);
    }

    /** The request contradicts the protocol. */
    static Answer badRequest(String reason) {
        return new Problem(Status.BAD_REQUEST_400, "bad-request", "Bad request", sentence(reason)).answer();
    }

    /** A fork of what this gateway cannot have (PROTOCOL.md 4.2): sources are streams of the same server. */
    static Answer noSuchSource(String source, String prefix) {
        return new Problem(
                        Status.NOT_FOUND_404,
                        "no-such-source",
                        "No stream to fork",
                        "Stream-Forked-From is \"" + source + "\", and this server's streams are below " + prefix
                                + "/.")
                .answer();
    }

    /** The body is above the limit; nothing of it was written. */
    static Answer tooLarge(int limit) {
        return new Problem(
                        Status.REQUEST_ENTITY_TOO_LARGE_413,
                        "too-large",
                        "Body is too large",
                        "A body may have " + limit + " bytes at most.")
                .answer()
                .with(HeaderFields.CLOSE);
    }

    /** The client has not sent the rest of its body in time; nothing of it was written. */
    static Answer tooSlow() {
        return new Problem(
                        Status.REQUEST_TIMEOUT_408,
                        "request-timeout",
                        "Body did not come in time",
                        "The rest of the body did not come; nothing of it was written.")
                .answer()
                .with(HeaderFields.CLOSE);
    }

    /** The bodies of other requests take all memory there is for bodies; nothing of this one was written. */
    static Answer noRoomForBody() {
        return new Problem(
                        Status.SERVICE_UNAVAILABLE_503,
                        "uploads-full",
                        "Too many bodies on their way in",
                        "The bodies of other requests take all memory for bodies; nothing of this one was written.")
                .answerRetryAfter(SHORTLY_SECONDS)
                .with(HeaderFields.CLOSE);
    }

    /** There are as many connections as there may be. */
    static Answer tooManyConnections() {
        return new Problem(
                        Status.SERVICE_UNAVAILABLE_503,
                        "too-many-connections",
                        "Too many connections",
                        "The gateway has as many connections as it may have; another one may have room.")
                .answerRetryAfter(SHORTLY_SECONDS)
                .with(HeaderFields.CLOSE);
    }

    /** No route leads there; {@code hint} says where there is something. */
    static Answer noSuchPage(String hint) {
        return new Problem(Status.NOT_FOUND_404, "no-such-page", "Nothing is here", hint).answer();
    }

    /** The protocol has no such method for streams. */
    static Answer methodNotAllowed() {
        return new Problem(
                        Status.METHOD_NOT_ALLOWED_405,
                        "method-not-allowed",
                        "Method is not allowed",
                        "A stream takes PUT, POST, GET, HEAD, DELETE and OPTIONS.")
                .answer()
                .with(HeaderFields.ALLOW);
    }

    /** What is there takes these methods only. */
    static Answer methodNotAllowed(String detail, String allowed) {
        return new Problem(Status.METHOD_NOT_ALLOWED_405, "method-not-allowed", "Method is not allowed", detail)
                .answer()
                .with(HeaderNames.ALLOW, allowed);
    }

    /** The protocol has it, and we do not yet. */
    static Answer notImplemented(String what) {
        return new Problem(
                        Status.NOT_IMPLEMENTED_501,
                        "not-implemented",
                        "Not implemented",
                        what + " not implemented by this gateway yet.")
                .answer();
    }

    /** A mistake of ours; {@code id} leads to it in the log. */
    static Answer internalError(String id) {
        return new Problem(
                        Status.INTERNAL_SERVER_ERROR_500,
                        "internal-error",
                        "Internal error",
                        "The gateway failed; its log has more under the id " + id + ".")
                .answer();
    }

    /** What the server found wrong with a request before any of our code saw it. */
    static Problem byServer(Status status, Optional<String> reason) {
        return new Problem(
                status,
                "http-" + status.code(),
                status.reasonPhrase(),
                sentence(reason.orElse("the server refuses the request")));
    }

    /** What came is not a request. */
    static Problem unreadable() {
        return new Problem(
                Status.BAD_REQUEST_400, "unreadable", "Not a request", "What was sent is no request of HTTP/1.1.");
    }

    private static final byte[] HEALTHY = "{\"status\":\"up\"}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private static Answer range(Chunk chunk, ClientCopy copy, String cacheControl) {
        if (copy.is(chunk)) {
            return named(Status.NOT_MODIFIED_304, chunk, copy.etag(chunk), cacheControl);
        }
        RangeBody body = RangeBody.of(chunk);
        boolean gzip = copy.gzips(chunk, body);
        String etag = EntityTag.of(chunk, gzip);
        if (copy.isNamed(etag)) {
            return named(Status.NOT_MODIFIED_304, chunk, etag, cacheControl);
        }
        return typed(named(Status.OK_200, chunk, etag, cacheControl), chunk.stream())
                .with(HeaderFields.GZIP, gzip)
                .carrying(gzip ? new Content.Bytes(GzipEncoding.encode(body)) : new Content.Range(body));
    }

    private static Answer named(Status status, Chunk chunk, String etag, String cacheControl) {
        return position(Answer.of(status), chunk)
                .with(HeaderNames.ETAG, etag)
                .with(HeaderNames.CACHE_CONTROL, cacheControl)
                .with(HeaderFields.VARY_ENCODING);
    }

    private static Answer whole(Chunk chunk) {
        return typed(position(Answer.of(Status.OK_200), chunk), chunk.stream())
                .carrying(new Content.Range(RangeBody.of(chunk)));
    }

    private static Answer nothingYet(Chunk chunk, String cursor) {
        Answer answer = position(Answer.of(Status.NO_CONTENT_204), chunk).with(HeaderFields.NO_STORE);
        return chunk.endOfStream() ? answer : answer.with(HeaderFields.CURSOR, cursor);
    }

    private static Answer position(Answer answer, Chunk chunk) {
        return answer.with(HeaderFields.NEXT_OFFSET, chunk.next().text())
                .with(HeaderFields.UP_TO_DATE, chunk.upToDate())
                .with(HeaderFields.CLOSED, chunk.endOfStream());
    }

    private static Answer configured(Status status, Standing stream) {
        return typed(tail(status, stream), stream);
    }

    private static Answer typed(Answer answer, Standing stream) {
        return answer.with(
                HeaderNames.CONTENT_TYPE, stream.configuration().contentType().text());
    }

    private static Answer tail(Status status, Standing stream) {
        return Answer.of(status)
                .with(HeaderFields.NEXT_OFFSET, tailOf(stream))
                .with(HeaderFields.CLOSED, stream instanceof Closed);
    }

    private static String tailOf(Standing stream) {
        return stream.token(stream.tail()).text();
    }

    private static Answer produced(Answer answer, long epoch, long seq) {
        return answer.with(HeaderFields.PRODUCER_EPOCH, epoch).with(HeaderFields.PRODUCER_SEQ, seq);
    }

    private static Answer otherConfiguration(Standing stream) {
        return new Problem(
                        Status.CONFLICT_409,
                        "other-configuration",
                        "Stream exists with another configuration",
                        "A stream is here already, and its content type, expiry, closure or source is not what was asked for.")
                .answer()
                .with(HeaderFields.NEXT_OFFSET, tailOf(stream))
                .with(HeaderFields.CLOSED, stream instanceof Closed);
    }

    private static Answer noSuchStream() {
        return new Problem(Status.NOT_FOUND_404, "no-such-stream", "No such stream", "There is no stream here.")
                .answer();
    }

    /** PROTOCOL.md 4.2: gone for its clients, kept for its forks. */
    private static Answer softDeleted() {
        return new Problem(
                        Status.GONE_410,
                        "deleted",
                        "Stream is deleted",
                        "The stream was deleted; what forks of it begin with is kept for them only.")
                .answer();
    }

    private static Answer beyondTail(OffsetToken tail) {
        return new Problem(
                        Status.BAD_REQUEST_400,
                        "offset-beyond-tail",
                        "Offset is beyond the tail",
                        "The stream has not come to this offset; its tail is " + tail + ".",
                        Map.of("tail", tail.text()))
                .answer();
    }

    private static Answer gone(OffsetToken earliest) {
        return new Problem(
                        Status.GONE_410,
                        "offset-gone",
                        "Offset is gone",
                        "The offset belongs to an earlier stream at this path, or its data is not kept any more; the"
                                + " earliest offset now is " + earliest + ".",
                        Map.of("earliest", earliest.text()))
                .answer();
    }

    private static String sentence(String reason) {
        if (reason.isEmpty()) {
            return reason;
        }
        String capital = Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
        return capital.endsWith(".") ? capital : capital + ".";
    }
}
