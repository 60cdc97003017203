package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryHeadersTest {

    /** PROTOCOL.md 5.1, "Stream-TTL". */
    static Stream<Arguments> ttls() {
        return Stream.of(
                argumentSet("an hour", "3600", 3600),
                argumentSet("blanks around", " 3600 ", 3600),
                argumentSet("zero", "0", 0),
                argumentSet("longest", "1000000000000", TtlHeader.MAX_SECONDS));
    }

    @ParameterizedTest
    @MethodSource("ttls")
    void ttl(String text, long seconds) {
        assertThat(TtlHeader.parse(Fields.of("Stream-TTL", text))).isEqualTo(new TtlHeader.Seconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+3600",
                "03600",
                "3600.0",
                "3.6e3",
                "abc",
                "-1",
                "-0",
                "00",
                "",
                " ",
                "3600s",
                "0x10",
                "1 0",
                "1_000",
                "1000000000001",
                "9007199254740992",
                "9223372036854775807",
                "9223372036854775808",
                "99999999999999999999999999",
                "\u0661",
                "3600, 3600",
                "NaN",
                "null"
            })
    void malformedTtl(String text) {
        assertThat(TtlHeader.parse(Fields.of("Stream-TTL", text))).isInstanceOf(TtlHeader.Malformed.class);
    }

    @Test
    void theLongestTtlOverflowsNothing() {
        Duration longest = new TtlHeader.Seconds(TtlHeader.MAX_SECONDS).duration();
        long lastOfYear9999 = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();
        assertThat(Math.addExact(lastOfYear9999, longest.multipliedBy(2).toMillis()))
                .isLessThan(1L << 53);
        assertThat(Instant.parse("9999-12-31T23:59:59Z").plus(longest)).isAfter(Instant.EPOCH);
    }

    /** RFC 3339, 5.6 and its examples in 5.8. */
    static Stream<Arguments> times() {
        return Stream.of(
                argumentSet(
                        "milliseconds, as JavaScript writes it",
                        "2030-01-31T12:00:00.123Z",
                        "2030-01-31T12:00:00.123Z"),
                argumentSet("without fraction", "2030-01-31T12:00:00Z", "2030-01-31T12:00:00Z"),
                argumentSet("zero offset", "2030-01-31T12:00:00.000+00:00", "2030-01-31T12:00:00Z"),
                argumentSet("offset behind", "1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"),
                argumentSet("offset ahead", "1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"),
                argumentSet("unknown local offset", "2030-01-31T12:00:00-00:00", "2030-01-31T12:00:00Z"),
                argumentSet("widest offset", "2030-01-31T23:59:00+23:59", "2030-01-31T00:00:00Z"),
                argumentSet("one digit of fraction", "1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"),
                argumentSet(
                        "more than nanoseconds", "2030-01-31T12:00:00.1234567899Z", "2030-01-31T12:00:00.123456789Z"),
                argumentSet("leap second", "1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"),
                argumentSet("leap second elsewhere", "1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
                argumentSet("lower-case letters", "2030-01-31t12:00:00z", "2030-01-31T12:00:00Z"),
                argumentSet("long past", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
                argumentSet("29th of February", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
                argumentSet("last of all", "9999-12-31T23:59:59.999-23:59", "+10000-01-01T23:58:59.999Z"));
    }

    @ParameterizedTest
    @MethodSource("times")
    void expiresAt(String text, String instant) {
        assertThat(ExpiresAtHeader.parse(Fields.of("Stream-Expires-At", text)))
                .isEqualTo(new ExpiresAtHeader.At(Instant.parse(instant), text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not-a-timestamp",
                "",
                "2030-01-31",
                "2030-01-31T12:00Z",
                "2030-01-31T12:00:00",
                "2030-01-31 12:00:00Z",
                "2030-01-31T12:00:00+0100",
                "2030-01-31T12:00:00+01",
                "2030-01-31T12:00:00+24:00",
                "2030-01-31T12:00:00+01:60",
                "2030-01-31T24:00:00Z",
                "2030-01-31T12:60:00Z",
                "2030-01-31T12:00:61Z",
                "2030-02-30T12:00:00Z",
                "2030-13-01T12:00:00Z",
                "2030-00-01T12:00:00Z",
                "2030-01-31T12:00:00.Z",
                "2030-01-31T12:00:00,5Z",
                "+2030-01-31T12:00:00Z",
                "-2030-01-31T12:00:00Z",
                "12030-01-31T12:00:00Z",
                "2030-1-31T12:00:00Z",
                "1900000000",
                "Thu, 31 Jan 2030 12:00:00 GMT",
                "2030-W05-4T12:00:00Z",
                "2030-01-31T12:00:00Z[UTC]",
                "2030-01-31T12:00:00Z ,x",
                "\u0662030-01-31T12:00:00Z",
                "2030-01-31T12:00:00.00000000000000000000000000000000000000000000000000Z"
            })
    void malformedExpiresAt(String text) {
        assertThat(ExpiresAtHeader.parse(Fields.of("Stream-Expires-At", text)))
                .isInstanceOf(ExpiresAtHeader.Malformed.class);
    }

    static Stream<Arguments> together() {
        ExpiresAtHeader.At at = new ExpiresAtHeader.At(Instant.parse("2030-01-31T12:00:00Z"), "2030-01-31T12:00:00Z");
        return Stream.of(
                argumentSet("neither", Fields.of(), new ExpiryHeaders.Never()),
                argumentSet("TTL", Fields.of("Stream-TTL", "60"), new ExpiryHeaders.Sliding(new TtlHeader.Seconds(60))),
                argumentSet(
                        "Expires-At",
                        Fields.of("Stream-Expires-At", "2030-01-31T12:00:00Z"),
                        new ExpiryHeaders.Absolute(at)));
    }

    @ParameterizedTest
    @MethodSource("together")
    void expiry(Fields headers, ExpiryHeaders expected) {
        assertThat(ExpiryHeaders.parse(headers)).isEqualTo(expected);
    }

    static Stream<Arguments> malformedTogether() {
        return Stream.of(
                argumentSet(
                        "both",
                        Fields.of("Stream-TTL", "60", "Stream-Expires-At", "2030-01-31T12:00:00Z"),
                        "exclude each other"),
                argumentSet("malformed TTL", Fields.of("Stream-TTL", "x"), "Stream-TTL"),
                argumentSet("malformed time", Fields.of("Stream-Expires-At", "x"), "Stream-Expires-At"),
                argumentSet(
                        "good TTL, malformed time",
                        Fields.of("Stream-TTL", "60", "Stream-Expires-At", "x"),
                        "Stream-Expires-At"),
                argumentSet("repeated TTL", Fields.of("Stream-TTL", "60", "Stream-TTL", "60"), "more than once"),
                argumentSet(
                        "repeated time",
                        Fields.of(
                                "Stream-Expires-At",
                                "2030-01-31T12:00:00Z",
                                "Stream-Expires-At",
                                "2030-01-31T12:00:00Z"),
                        "more than once"));
    }

    @ParameterizedTest
    @MethodSource("malformedTogether")
    void isRefusedWithAReason(Fields headers, String reasonPart) {
        assertThat(ExpiryHeaders.parse(headers))
                .isInstanceOfSatisfying(ExpiryHeaders.Malformed.class, malformed -> assertThat(malformed.reason())
                        .contains(reasonPart));
    }
}
