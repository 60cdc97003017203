package io.millrace.mapping.existing;

import io.millrace.mapping.stream.MediaType;

/**
 * How a topic's records look as a stream's messages.
 *
 * @param contentType the stream's
 * @param envelope    what of a record is a message
 * @param keyFormat   how the topic's keys are written
 * @param type        the rows' type in {@link Envelope#STATE}
 * @param onBadRecord what stands for a record that is no message
 */
public record View(
        MediaType contentType, Envelope envelope, KeyFormat keyFormat, String type, OnBadRecord onBadRecord) {

    public View {
        if (envelope != Envelope.VALUE && !contentType.isJson()) {
            throw new IllegalArgumentException("an envelope is JSON");
        }
        if (envelope == Envelope.STATE && type.isEmpty()) {
            throw new IllegalArgumentException("rows have a type");
        }
    }

    /** A word that another view of the same records very probably does not have; the same on every gateway. */
    public String variant() {
        String all = String.join("\n", contentType.text(), envelope.name(), keyFormat.name(), type, onBadRecord.name());
        return Integer.toUnsignedString(all.hashCode(), Character.MAX_RADIX);
    }
}
