package io.millrace.mapping.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.text.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON mode (PROTOCOL.md 9.1): bodies into messages and messages into bodies, as slices of what was sent.
 *
 * <p>Nothing is ever parsed into a value or written anew: 1.0, 1e400, 2^60, duplicate keys, escapes and the blanks
 * inside a message stay as the client wrote them. JSON is what RFC 8259 says, in strict UTF-8, without a byte order
 * mark, nested at most {@link #MAX_DEPTH} deep.
 *
 * <p>Whether bytes are JSON is also asked about native Kafka records while they are replayed, so the answer is the same
 * on every gateway for ever. That is why the parser keeps no table of member names, whose defence against colliding
 * names goes off by chance, and which holds on to names that hostile clients send. And it reads characters, because fed
 * with bytes it guesses their encoding.
 */
public final class JsonMessages {

    /** Deepest nesting of arrays and objects, the outer array of a batch included. Stored: never change. */
    public static final int MAX_DEPTH = 512;

    private static final byte[] EMPTY_RANGE = {'[', ']'};

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private JsonMessages() {}

    /** What a request body in JSON mode holds. */
    public sealed interface Parsed {

        /**
         * At least one message, in the form in which a record holds it.
         *
         * @param value for one message its own text; for several the text of their array, both brackets included
         * @param count how many messages
         */
        @SuppressWarnings("ArrayRecordComponent") // compared by content below; never written to
        record Messages(byte[] value, int count) implements Parsed {

            @Override
            public boolean equals(Object other) {
                return other instanceof Messages messages
                        && count == messages.count
                        && Arrays.equals(value, messages.value);
            }

            @Override
            public int hashCode() {
                return 31 * Arrays.hashCode(value) + count;
            }
        }

        /** An array without elements: an error on append, no initial messages on create (PROTOCOL.md 9.1.3). */
        record EmptyArray() implements Parsed {}

        /** Not JSON; the reason says where. */
        record Invalid(String reason) implements Parsed {}
    }

    /** One record of a JSON stream as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier for range(); never compared
    public record Stored(byte[] value, int count) {}

    /** Validates a body and flattens exactly one level of array. */
    public static Parsed parse(byte[] body) {
        Shape shape;
        try {
            shape = shapeOf(body);
        } catch (NotJsonException e) {
            return new Parsed.Invalid(e.reason);
        }
        Slice trimmed = trim(body, 0, body.length);
        if (shape.elements == Shape.NOT_AN_ARRAY) {
            return new Parsed.Messages(trimmed.toByteArray(), 1);
        }
        if (shape.elements == 0) {
            return new Parsed.EmptyArray();
        }
        if (shape.elements == 1) {
            return new Parsed.Messages(withoutBrackets(trimmed).toByteArray(), 1);
        }
        return new Parsed.Messages(trimmed.toByteArray(), shape.elements);
    }

    /** Whether bytes that somebody else wrote to Kafka are one JSON value. */
    public static boolean isValid(byte[] oneMessage) {
        try {
            shapeOf(oneMessage);
            return true;
        } catch (NotJsonException _) {
            return false;
        }
    }

    /**
     * A stored record's messages, joined by commas, without brackets around them: what stands between the brackets of a
     * response. Not copied.
     */
    public static Slice fragment(byte[] value, int count) {
        return count == 1 ? new Slice(value, 0, value.length) : withoutBrackets(new Slice(value, 0, value.length));
    }

    /** The messages of a payload one by one, each its own text; of bytes that are no JSON the one that they are. */
    public static List<byte[]> messages(Payload payload) {
        if (payload.count() <= 1) {
            return payload.isEmpty() ? List.of() : List.of(payload.value());
        }
        List<byte[]> messages = new ArrayList<>(payload.count());
        String text = new String(payload.value(), UTF_8);
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int begin = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                parser.finishToken();
                int end = (int) parser.currentLocation().getCharOffset();
                messages.add(text.substring(begin, end).strip().getBytes(UTF_8));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("several messages are an array", e);
        }
        return messages;
    }

    /** The body of a read over these records: one JSON array of all their messages. */
    public static byte[] range(Iterable<Stored> records) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writeRange(records, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not refuse a write
        }
        return out.toByteArray();
    }

    /** Writes the body of a read over these records, without copying a value. */
    public static void writeRange(Iterable<Stored> records, OutputStream out) throws IOException {
        Iterator<Stored> rest = records.iterator();
        if (!rest.hasNext()) {
            out.write(EMPTY_RANGE);
            return;
        }
        char before = '[';
        while (rest.hasNext()) {
            Stored stored = rest.next();
            out.write(before);
            fragment(stored.value, stored.count).writeTo(out);
            before = ',';
        }
        out.write(']');
    }

    /** What validation learns about a text: how many elements its outermost array has. */
    private record Shape(int elements) {
        static final int NOT_AN_ARRAY = -1;
    }

    private static Shape shapeOf(byte[] text) throws NotJsonException {
        // The parser skips over the bytes of strings without looking whether they are characters.
        int malformed = Utf8.firstMalformed(text);
        if (malformed >= 0) {
            throw new NotJsonException("not UTF-8 at byte " + malformed);
        }
        try (JsonParser parser = FACTORY.createParser(new String(text, UTF_8))) {
            return shapeOf(parser);
        } catch (StreamConstraintsException e) {
            throw new NotJsonException("JSON nested deeper than " + MAX_DEPTH + place(e.getLocation()));
        } catch (JsonProcessingException e) {
            throw new NotJsonException("not valid JSON" + place(e.getLocation()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not refuse a read
        }
    }

    private static Shape shapeOf(JsonParser parser) throws IOException, NotJsonException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new NotJsonException("no JSON value in the body");
        }
        int elements = Shape.NOT_AN_ARRAY;
        if (first == JsonToken.START_ARRAY) {
            elements = 0;
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                if (next == null) {
                    throw new NotJsonException("the array does not end");
                }
                elements++;
                parser.skipChildren();
            }
        } else {
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw new NotJsonException("more than one JSON value" + place(parser.currentTokenLocation()));
        }
        return new Shape(elements);
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static Slice withoutBrackets(Slice array) {
        return trim(array.array(), array.offset() + 1, array.offset() + array.length() - 1);
    }

    private static Slice trim(byte[] bytes, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isBlank(bytes[start])) {
            start++;
        }
        while (end > start && isBlank(bytes[end - 1])) {
            end--;
        }
        return new Slice(bytes, start, end - start);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    /** Carries the reason out of the parser's loop; never leaves this class. */
    private static final class NotJsonException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String reason;

        NotJsonException(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
