package io.millrace.mapping.existing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.text.Utf8;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Pattern;

/** How the keys of a topic were serialized, by Kafka's own serializers of these names. */
public enum KeyFormat {
    /** UTF-8. */
    STRING {
        @Override
        public Optional<byte[]> serialize(String text) {
            return Utf8.isEncodable(text) ? Optional.of(text.getBytes(UTF_8)) : Optional.empty();
        }

        @Override
        public Optional<String> text(byte[] key) {
            return Utf8.decode(key);
        }
    },

    /** Eight bytes, big-endian. */
    LONG {
        @Override
        public Optional<byte[]> serialize(String text) {
            return number(text, Long.MIN_VALUE, Long.MAX_VALUE)
                    .map(value -> ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        }

        @Override
        public Optional<String> text(byte[] key) {
            return key.length == Long.BYTES
                    ? Optional.of(Long.toString(ByteBuffer.wrap(key).getLong()))
                    : Optional.empty();
        }
    },

    /** Four bytes, big-endian. */
    INT {
        @Override
        public Optional<byte[]> serialize(String text) {
            return number(text, Integer.MIN_VALUE, Integer.MAX_VALUE).map(value -> ByteBuffer.allocate(Integer.BYTES)
                    .putInt(value.intValue())
                    .array());
        }

        @Override
        public Optional<String> text(byte[] key) {
            return key.length == Integer.BYTES
                    ? Optional.of(Integer.toString(ByteBuffer.wrap(key).getInt()))
                    : Optional.empty();
        }
    },

    /** The 36 characters of a UUID in lower case, as UTF-8. */
    UUID {
        @Override
        public Optional<byte[]> serialize(String text) {
            // Only the canonical form: one stream must not have two names.
            return CANONICAL_UUID.matcher(text).matches() ? Optional.of(text.getBytes(UTF_8)) : Optional.empty();
        }

        @Override
        public Optional<String> text(byte[] key) {
            return Utf8.decode(key).filter(text -> CANONICAL_UUID.matcher(text).matches());
        }
    };

    private static final Pattern CANONICAL_UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern CANONICAL_NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,18}");

    /** The key of this text; empty where it is none of this format, or not in its one canonical form. */
    public abstract Optional<byte[]> serialize(String text);

    /** The text of which {@link #serialize} makes this key; empty where it is not of this format. */
    public abstract Optional<String> text(byte[] key);

    private static Optional<Long> number(String text, long least, long most) {
        if (!CANONICAL_NUMBER.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            long value = Long.parseLong(text);
            return value < least || value > most ? Optional.empty() : Optional.of(value);
        } catch (NumberFormatException _) {
            return Optional.empty(); // of 19 digits some are too large
        }
    }
}
