package io.millrace.mapping.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** RFC 3339 timestamps (section 5.6), which java.time has no parser for: its own takes more and less. */
final class Rfc3339 {

    private static final int MAX_LENGTH = 64;
    private static final int NANO_DIGITS = 9;
    private static final Pattern DATE_TIME =
            Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?"
                    + "(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))");

    private Rfc3339() {}

    /** The time that the text means; empty if it is no timestamp. */
    static Optional<Instant> parse(String text) {
        Matcher parts = DATE_TIME.matcher(text);
        if (text.length() > MAX_LENGTH || !parts.matches()) {
            return Optional.empty();
        }
        boolean zulu = parts.group(8) == null;
        int second = number(parts, 6);
        int zoneHour = zulu ? 0 : number(parts, 9);
        int zoneMinute = zulu ? 0 : number(parts, 10);
        if (second > 60 || zoneHour > 23 || zoneMinute > 59) {
            return Optional.empty();
        }
        int zoneSeconds = (zoneHour * 60 + zoneMinute) * 60 * ("-".equals(parts.group(8)) ? -1 : 1);
        try {
            return Optional.of(LocalDateTime.of(
                            number(parts, 1), number(parts, 2), number(parts, 3), number(parts, 4), number(parts, 5))
                    .plusSeconds(second)
                    .plusNanos(nanos(parts.group(7)))
                    .toInstant(ZoneOffset.UTC)
                    .minusSeconds(zoneSeconds));
        } catch (DateTimeException _) {
            return Optional.empty(); // a 30th of February, an hour 24
        }
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }

    private static long nanos(@Nullable String fraction) {
        if (fraction == null) {
            return 0;
        }
        String padded = fraction + "0".repeat(NANO_DIGITS);
        return Long.parseLong(padded.substring(0, NANO_DIGITS));
    }
}
