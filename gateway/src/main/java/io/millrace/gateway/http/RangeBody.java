package io.millrace.gateway.http;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.mapping.json.JsonMessages;
import io.millrace.mapping.json.Slice;
import io.millrace.mapping.record.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** A chunk's records as the body of a read: their bytes in a row, or one JSON array of their messages. Not copied. */
final class RangeBody {

    private final List<Slice> parts;
    private final boolean json;
    private final long length;

    private RangeBody(List<Slice> parts, boolean json) {
        this.parts = parts;
        this.json = json;
        long bytes = parts.stream().mapToLong(Slice::length).sum();
        this.length = json ? bytes + Math.max(0, parts.size() - 1) + 2 : bytes;
    }

    /** The body of a read that got {@code chunk} (PROTOCOL.md 5.6, 9.1.5). */
    static RangeBody of(Chunk chunk) {
        boolean json = chunk.stream().configuration().contentType().isJson();
        return new RangeBody(
                chunk.records().stream()
                        .map(record -> part(record.payload(), json))
                        .toList(),
                json);
    }

    long length() {
        return length;
    }

    void writeTo(OutputStream out) throws IOException {
        if (json) {
            out.write('[');
        }
        boolean first = true;
        for (Slice part : parts) {
            if (json && !first) {
                out.write(',');
            }
            first = false;
            part.writeTo(out);
        }
        if (json) {
            out.write(']');
        }
    }

    byte[] toByteArray() {
        if (!json && parts.size() == 1) {
            return parts.getFirst().toByteArray();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) length);
        try {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not refuse a write
        }
        return out.toByteArray();
    }

    private static Slice part(Payload payload, boolean json) {
        return json
                ? JsonMessages.fragment(payload.value(), payload.count())
                : new Slice(payload.value(), 0, payload.value().length);
    }
}
