package io.millrace.mapping.offset;

import java.util.Optional;

/** Where a read asks to start (PROTOCOL.md 8, "Sentinel Values"). */
public sealed interface RequestedOffset {

    /** The beginning: no offset, {@code -1}, or the reference servers' zero token. */
    record Beginning() implements RequestedOffset {}

    /** The tail as it is when the request arrives: {@code now}. */
    record Now() implements RequestedOffset {}

    /** A position that the server handed out before. */
    record At(OffsetToken token) implements RequestedOffset {}

    /** The text of the beginning. */
    String BEGINNING = "-1";

    /** What {@code text} asks for, or empty where it is malformed (400). */
    static Optional<RequestedOffset> parse(String text) {
        return switch (text) {
            case BEGINNING -> Optional.of(new Beginning());
            case "now" -> Optional.of(new Now());
            default ->
                OffsetToken.parse(text).map(token -> token.equals(OffsetToken.ZERO) ? new Beginning() : new At(token));
        };
    }
}
