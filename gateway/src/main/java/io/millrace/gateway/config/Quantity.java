package io.millrace.gateway.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units, as operators write them. */
final class Quantity {

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,15})\\s*([A-Za-z]*)");

    private Quantity() {}

    /** A span of time: {@code 500ms}, {@code 20s}, {@code 5m}, {@code 1h}, {@code 7d}; the unit is needed. */
    static Optional<Duration> parseDuration(String text) {
        Matcher parts = NUMBER_AND_UNIT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(parts.group(1));
        try {
            return switch (parts.group(2)) {
                case "ms" -> Optional.of(Duration.ofMillis(number));
                case "s" -> Optional.of(Duration.ofSeconds(number));
                case "m" -> Optional.of(Duration.ofMinutes(number));
                case "h" -> Optional.of(Duration.ofHours(number));
                case "d" -> Optional.of(Duration.ofDays(number));
                default -> Optional.empty();
            };
        } catch (ArithmeticException | DateTimeException _) {
            return Optional.empty();
        }
    }

    /** A number of bytes: {@code 1048576}, {@code 64KiB}, {@code 1MiB}, {@code 2GiB}; KB, MB and GB count in 1000s. */
    static Optional<Long> parseSize(String text) {
        Matcher parts = NUMBER_AND_UNIT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long unit =
                switch (parts.group(2)) {
                    case "", "B" -> 1L;
                    case "KB", "kB" -> 1000L;
                    case "MB" -> 1000_000L;
                    case "GB" -> 1000_000_000L;
                    case "KiB" -> 1L << 10;
                    case "MiB" -> 1L << 20;
                    case "GiB" -> 1L << 30;
                    default -> 0L;
                };
        try {
            long bytes = Math.multiplyExact(Long.parseLong(parts.group(1)), unit);
            return unit == 0 ? Optional.empty() : Optional.of(bytes);
        } catch (ArithmeticException _) {
            return Optional.empty();
        }
    }
}
