package io.millrace.mapping.http;

import io.millrace.mapping.http.QueryParameters.Parameter;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a first read of a topic that somebody else writes begins, other than at an offset: an extension of the protocol.
 * It stands in the query beside no offset, or beside {@code -1}, which official clients always send; beside any other
 * offset it means nothing, for the same clients repeat it.
 */
public sealed interface StartPoint {

    /** With the first record whose time is this or later. */
    record Since(Instant time) implements StartPoint {}

    /** With the last so many records; fewer where some were removed since. */
    record Last(int count) implements StartPoint {}

    /** What a query asks for. */
    sealed interface Parsed {

        /** Nothing of that kind. */
        record None() implements Parsed {}

        /** This. */
        record Valid(StartPoint start) implements Parsed {}

        /** The query is malformed: 400. */
        record Malformed(String reason) implements Parsed {}
    }

    String SINCE = "since";
    String LAST = "last";

    /** Epoch milliseconds up to the year 33,658. */
    Pattern MILLIS = Pattern.compile("[0-9]{1,15}");

    Pattern COUNT = Pattern.compile("[0-9]{1,9}");

    /** Reads {@code since} and {@code last}. */
    static Parsed parse(QueryParameters query) {
        Parameter since = query.parameter(SINCE);
        Parameter last = query.parameter(LAST);
        if (since instanceof Parameter.Absent && last instanceof Parameter.Absent) {
            return new Parsed.None();
        }
        if (since instanceof Parameter.Repeated || last instanceof Parameter.Repeated) {
            return new Parsed.Malformed("since or last is given more than once");
        }
        if (since instanceof Parameter.Value(String time)) {
            return last instanceof Parameter.Value
                    ? new Parsed.Malformed("both since and last are given: remove one")
                    : parseTime(time)
                            .<Parsed>map(instant -> new Parsed.Valid(new Since(instant)))
                            .orElseGet(() -> new Parsed.Malformed(
                                    "since is malformed: write an RFC 3339 time such as 2026-01-31T12:00:00Z, or epoch"
                                            + " milliseconds"));
        }
        return last instanceof Parameter.Value(String count)
                        && COUNT.matcher(count).matches()
                ? new Parsed.Valid(new Last(Integer.parseInt(count)))
                : new Parsed.Malformed("last is malformed: write a whole number below 1,000,000,000");
    }

    private static Optional<Instant> parseTime(String text) {
        return MILLIS.matcher(text).matches()
                ? Optional.of(Instant.ofEpochMilli(Long.parseLong(text)))
                : Rfc3339.parse(text);
    }
}
