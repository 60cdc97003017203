package io.millrace.gateway.http;

import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.judge.Command.Body;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.MediaType;

/** Request bodies by their content type: JSON messages, or bytes as they are (PROTOCOL.md 9). */
final class Bodies {

    private Bodies() {}

    /** What a POST appends. An array without elements is a mistake (PROTOCOL.md 9.1.3). */
    static Body ofAppend(byte[] bytes, MediaType type) {
        if (!type.isJson()) {
            return new Body.Fit(Payload.of(bytes));
        }
        return switch (JsonMessages.parse(bytes)) {
            case JsonMessages.Parsed.Messages messages -> new Body.Fit(new Payload(messages.value(), messages.count()));
            case JsonMessages.Parsed.EmptyArray() -> new Body.Unfit("an empty JSON array appends nothing");
            case JsonMessages.Parsed.Invalid(String reason) -> new Body.Unfit(reason);
        };
    }

    /** What a PUT begins with. An array without elements is no message. */
    static Body ofCreate(byte[] bytes, MediaType type) {
        if (bytes.length == 0 || !type.isJson()) {
            return new Body.Fit(Payload.of(bytes));
        }
        return switch (JsonMessages.parse(bytes)) {
            case JsonMessages.Parsed.Messages messages -> new Body.Fit(new Payload(messages.value(), messages.count()));
            case JsonMessages.Parsed.EmptyArray() -> new Body.Fit(Payload.NONE);
            case JsonMessages.Parsed.Invalid(String reason) -> new Body.Unfit(reason);
        };
    }
}
