package io.millrace.mapping.http;

import io.millrace.mapping.http.RequestHeaders.Field;
import io.millrace.mapping.stream.MediaType;

/** What a request says of its body. A client that says something that cannot be read must not be misunderstood. */
public sealed interface ContentTypeHeader {

    /** Header name. */
    String NAME = "Content-Type";

    /** Nothing. */
    record None() implements ContentTypeHeader {}

    /** Its content type. */
    record Type(MediaType type) implements ContentTypeHeader {}

    /** The header is no content type, or there are several: 400. */
    record Malformed(String reason) implements ContentTypeHeader {}

    /** Reads the header. */
    static ContentTypeHeader parse(RequestHeaders headers) {
        return switch (headers.field(NAME)) {
            case Field.Absent() -> new None();
            case Field.Repeated() -> new Malformed("Content-Type is given more than once");
            case Field.Value(String text) ->
                MediaType.parse(text)
                        .<ContentTypeHeader>map(Type::new)
                        .orElseGet(() -> new Malformed(
                                "Content-Type must be a media type such as text/plain;charset=utf-8, of at most "
                                        + MediaType.MAX_LENGTH + " characters"));
        };
    }
}
