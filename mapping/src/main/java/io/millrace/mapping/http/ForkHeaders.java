package io.millrace.mapping.http;

import io.millrace.mapping.http.RequestHeaders.Field;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamPath;
import java.util.Optional;

/** What a stream that is being created is to be a fork of, by its three headers together (PROTOCOL.md 4.2 and 5.1). */
public sealed interface ForkHeaders {

    /** It is no fork. */
    record None() implements ForkHeaders {}

    /**
     * It is a fork.
     *
     * @param from      the divergence point: an offset of the source, its beginning, or its tail
     * @param requested the same as the client named it
     */
    record Fork(StreamPath source, RequestedOffset from, ForkOrigin.Requested requested) implements ForkHeaders {}

    /** The source is a path where this gateway has no streams: 404. */
    record Elsewhere(String source) implements ForkHeaders {}

    /** A header is malformed, or one is there without another that it needs: 400. */
    record Malformed(String reason) implements ForkHeaders {}

    /**
     * Reads the headers.
     *
     * @param prefix the URL path below which streams live, without a slash at its end
     */
    static ForkHeaders parse(RequestHeaders headers, String prefix) {
        return switch (headers.field(StreamHeaders.STREAM_FORKED_FROM)) {
            case Field.Repeated() -> new Malformed("Stream-Forked-From is given more than once");
            case Field.Absent() ->
                isThere(headers, StreamHeaders.STREAM_FORK_OFFSET)
                                || isThere(headers, StreamHeaders.STREAM_FORK_SUB_OFFSET)
                        ? new Malformed("Stream-Fork-Offset and Stream-Fork-Sub-Offset need Stream-Forked-From")
                        : new None();
            case Field.Value(String text) -> source(headers, text, prefix);
        };
    }

    private static ForkHeaders source(RequestHeaders headers, String text, String prefix) {
        if (!text.startsWith("/")) {
            return new Malformed(
                    "Stream-Forked-From must be the path of the source's URL, from the first slash on, such as "
                            + prefix + "/chats/42");
        }
        if (!text.startsWith(prefix + "/")) {
            return new Elsewhere(text);
        }
        return switch (StreamPath.parse(text.substring(prefix.length() + 1))) {
            case StreamPath.Parsed.Invalid(String reason) -> new Malformed("Stream-Forked-From: " + reason);
            case StreamPath.Parsed.Reserved _ -> new Elsewhere(text);
            case StreamPath.Parsed.Valid(StreamPath source) -> point(headers, source);
        };
    }

    private static ForkHeaders point(RequestHeaders headers, StreamPath source) {
        return switch (headers.field(StreamHeaders.STREAM_FORK_OFFSET)) {
            case Field.Repeated() -> new Malformed("Stream-Fork-Offset is given more than once");
            case Field.Absent() -> subOffset(headers, source, new RequestedOffset.Now(), Optional.empty());
            case Field.Value(String text) -> {
                Optional<OffsetToken> token = OffsetToken.parse(text);
                if (token.isEmpty()) {
                    yield new Malformed("Stream-Fork-Offset is malformed: take it from the source's Stream-Next-Offset,"
                            + " or " + OffsetToken.ZERO + " for its beginning, or leave it out for its tail");
                }
                RequestedOffset from = token.get().equals(OffsetToken.ZERO)
                        ? new RequestedOffset.Beginning()
                        : new RequestedOffset.At(token.get());
                yield subOffset(headers, source, from, Optional.of(text));
            }
        };
    }

    private static ForkHeaders subOffset(
            RequestHeaders headers, StreamPath source, RequestedOffset from, Optional<String> offset) {
        return switch (headers.field(StreamHeaders.STREAM_FORK_SUB_OFFSET)) {
            case Field.Repeated() -> new Malformed("Stream-Fork-Sub-Offset is given more than once");
            case Field.Absent() -> new Fork(source, from, new ForkOrigin.Requested(offset, 0));
            case Field.Value(String text) -> {
                boolean leadingZero = text.length() > 1 && text.charAt(0) == '0';
                long count = leadingZero ? -1 : DecimalNumber.parse(text);
                if (count < 0) {
                    yield new Malformed("Stream-Fork-Sub-Offset must be a plain decimal integer without sign, point,"
                            + " exponent or leading zeros");
                }
                if (count > 0 && offset.isEmpty()) {
                    yield new Malformed("Stream-Fork-Sub-Offset needs Stream-Fork-Offset: it counts from there");
                }
                yield new Fork(source, from, new ForkOrigin.Requested(offset, count));
            }
        };
    }

    private static boolean isThere(RequestHeaders headers, String name) {
        return !headers.values(name).isEmpty();
    }
}
