package io.millrace.mapping.existing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.LogRecord.Header;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.text.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes messages of the records of topics that somebody else writes. */
public final class Renderer {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    /** The last millisecond of the year 9999: later ones cannot be written (RFC 3339), earlier than 1970 means none. */
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private Renderer() {}

    /** Renders {@code record} of {@code partition}. */
    public static Rendering render(LogRecord record, int partition, View view) {
        return switch (view.envelope()) {
            case VALUE -> value(record, partition, view);
            case RECORD -> new Rendering.Shown(whole(record, partition, view));
            case STATE -> change(record, partition, view);
        };
    }

    private static Rendering value(LogRecord record, int partition, View view) {
        byte[] value = record.value();
        if (!view.contentType().isJson()) {
            return value == null || value.length == 0
                    ? new Rendering.Nothing()
                    : new Rendering.Shown(Payload.of(value));
        }
        if (value == null && view.onBadRecord() == OnBadRecord.SKIP) {
            return new Rendering.Nothing();
        }
        if (value == null) {
            return bad(record, partition, view, "it has no value", "null");
        }
        return JsonMessages.isValid(value)
                ? new Rendering.Shown(Payload.of(value))
                : bad(record, partition, view, "its value is not JSON", "null");
    }

    private static Rendering change(LogRecord record, int partition, View view) {
        byte[] key = record.key();
        Optional<String> name =
                key == null ? Optional.empty() : view.keyFormat().text(key);
        if (name.isEmpty() || name.get().isEmpty()) {
            // Without a key there is no row that could be null.
            String what = key == null || key.length == 0
                    ? "it has no key"
                    : "its key is no " + view.keyFormat().name().toLowerCase(Locale.ROOT);
            return view.onBadRecord() == OnBadRecord.ERROR
                    ? bad(record, partition, view, what, "")
                    : new Rendering.Bad(Optional.empty(), what);
        }
        byte[] value = record.value();
        if (value == null) {
            return new Rendering.Shown(change(record, view, name.get(), "delete", null));
        }
        if (JsonMessages.isValid(value)) {
            return new Rendering.Shown(change(record, view, name.get(), "insert", new String(value, UTF_8)));
        }
        Payload nulled = change(record, view, name.get(), "insert", "null");
        return bad(record, partition, view, "its value is not JSON", new String(nulled.value(), UTF_8));
    }

    private static Rendering bad(LogRecord record, int partition, View view, String what, String nulled) {
        return switch (view.onBadRecord()) {
            case SKIP -> new Rendering.Bad(Optional.empty(), what);
            case NULL -> new Rendering.Bad(Optional.of(Payload.of(nulled.getBytes(UTF_8))), what);
            case ERROR -> new Rendering.Bad(Optional.of(error(record, partition, what)), what);
        };
    }

    private static Payload error(LogRecord record, int partition, String what) {
        return json(out -> {
            out.writeStartObject();
            out.writeObjectFieldStart("error");
            out.writeStringField("code", "bad-record");
            out.writeStringField("detail", "The record is no message of this stream: " + what + ".");
            out.writeNumberField("partition", partition);
            out.writeNumberField("offset", record.offset());
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    /**
     * A key is the text that the rule's format gives it, or else the base64 of its bytes. Values that are JSON stand in it
     * as they are; what is neither JSON nor text is base64. Beside each stands which of these it is.
     */
    private static Payload whole(LogRecord record, int partition, View view) {
        return json(out -> {
            out.writeStartObject();
            writeKey(out, record.key(), view.keyFormat());
            writeValue(out, record.value());
            out.writeArrayFieldStart("headers");
            for (Header header : record.headers()) {
                out.writeStartObject();
                out.writeStringField("name", header.name());
                writeBytes(out, "value", header.value());
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeNumberField("timestamp", record.timestampMillis());
            out.writeNumberField("partition", partition);
            out.writeNumberField("offset", record.offset());
            out.writeEndObject();
        });
    }

    private static void writeKey(JsonGenerator out, byte @Nullable [] key, KeyFormat format) throws IOException {
        if (key == null) {
            out.writeNullField("key");
        } else {
            writeText(out, "key", format.text(key), key); // never as other text: the long 42 is not the string "42"
        }
    }

    private static void writeValue(JsonGenerator out, byte @Nullable [] value) throws IOException {
        if (value != null && JsonMessages.isValid(value)) {
            out.writeFieldName("value");
            out.writeRawValue(new String(value, UTF_8));
            out.writeStringField("valueEncoding", "json");
        } else {
            writeBytes(out, "value", value);
        }
    }

    private static void writeBytes(JsonGenerator out, String field, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            out.writeNullField(field);
            return;
        }
        writeText(out, field, Utf8.decode(bytes), bytes);
    }

    private static void writeText(JsonGenerator out, String field, Optional<String> text, byte[] bytes)
            throws IOException {
        out.writeStringField(field, text.orElseGet(() -> Base64.getEncoder().encodeToString(bytes)));
        out.writeStringField(field + "Encoding", text.isPresent() ? "text" : "base64");
    }

    private static Payload change(
            LogRecord record, View view, String key, String operation, @Nullable String valueText) {
        return json(out -> {
            out.writeStartObject();
            out.writeStringField("type", view.type());
            out.writeStringField("key", key);
            if (valueText != null) {
                out.writeFieldName("value");
                out.writeRawValue(valueText);
            }
            out.writeObjectFieldStart("headers");
            out.writeStringField("operation", operation);
            if (record.timestampMillis() >= 0 && record.timestampMillis() <= LAST_MILLIS) {
                out.writeStringField(
                        "timestamp",
                        Instant.ofEpochMilli(record.timestampMillis()).toString());
            }
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private static Payload json(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
            writing.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not refuse a write
        }
        return Payload.of(bytes.toByteArray());
    }

    /** Writes one JSON value. */
    @FunctionalInterface
    private interface Writing {
        /** Writes it. */
        void write(JsonGenerator out) throws IOException;
    }
}
