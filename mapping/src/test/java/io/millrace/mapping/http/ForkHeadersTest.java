package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.http.ForkHeaders.Elsewhere;
import io.millrace.mapping.http.ForkHeaders.Fork;
import io.millrace.mapping.http.ForkHeaders.Malformed;
import io.millrace.mapping.http.ForkHeaders.None;
import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.offset.RequestedOffset;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.StreamPath;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** PROTOCOL.md 4.2, "Fork creation headers" and "Fork creation errors". */
class ForkHeadersTest {

    private static final String PREFIX = "/v1/stream";
    private static final String FROM = "Stream-Forked-From";
    private static final String OFFSET = "Stream-Fork-Offset";
    private static final String SUB = "Stream-Fork-Sub-Offset";
    private static final String SOURCE = PREFIX + "/chats/42";
    private static final OffsetToken TOKEN = new OffsetToken(7, 12);
    private static final String AT = TOKEN.text();

    private static ForkHeaders fork(String source, RequestedOffset from, Optional<String> offset, long subOffset) {
        return new Fork(StreamPath.of(source), from, new ForkOrigin.Requested(offset, subOffset));
    }

    private static ForkHeaders tail(String source) {
        return fork(source, new RequestedOffset.Now(), Optional.empty(), 0);
    }

    private static ForkHeaders at(long subOffset) {
        return fork("chats/42", new RequestedOffset.At(TOKEN), Optional.of(AT), subOffset);
    }

    private static Arguments row(String name, ForkHeaders expected, String... headers) {
        return argumentSet(name, Fields.of(headers), expected);
    }

    static Stream<Arguments> forks() {
        String zero = OffsetToken.ZERO.text();
        return Stream.of(
                row("no header of forks", new None(), "Content-Type", "text/plain"),
                row("at the tail", tail("chats/42"), FROM, SOURCE),
                row("header names in capitals", tail("chats/42"), "STREAM-FORKED-FROM", SOURCE),
                row("blanks around", tail("chats/42"), FROM, " \t" + SOURCE + " "),
                row("at an offset", at(0), FROM, SOURCE, OFFSET, AT),
                row("blanks around the offset", at(0), FROM, SOURCE, OFFSET, " " + AT + "\t"),
                row(
                        "at the beginning",
                        fork("chats/42", new RequestedOffset.Beginning(), Optional.of(zero), 0),
                        FROM,
                        SOURCE,
                        OFFSET,
                        zero),
                row("sub-offset 0 is none", at(0), FROM, SOURCE, OFFSET, AT, SUB, "0"),
                row("sub-offset 0 without offset is none", tail("chats/42"), FROM, SOURCE, SUB, "0"),
                row("a sub-offset", at(12), FROM, SOURCE, OFFSET, AT, SUB, "12"),
                row("the largest sub-offset", at(9007199254740991L), FROM, SOURCE, OFFSET, AT, SUB, "9007199254740991"),
                row(
                        "a sub-offset from the beginning",
                        fork("chats/42", new RequestedOffset.Beginning(), Optional.of(zero), 3),
                        FROM,
                        SOURCE,
                        OFFSET,
                        zero,
                        SUB,
                        "3"));
    }

    static Stream<Arguments> sources() {
        return Stream.of(
                row("percent-encoded", tail("a b/ö"), FROM, PREFIX + "/a%20b/%C3%B6"),
                row("a plus is a plus", tail("a+b"), FROM, PREFIX + "/a+b"),
                row("decoded once", tail("a%20b"), FROM, PREFIX + "/a%2520b"),
                row("needlessly encoded", tail("chats"), FROM, PREFIX + "/%63hats"),
                row("a semicolon is of the name", tail("a;b=1"), FROM, PREFIX + "/a;b=1"),
                row("of another service", new Elsewhere("/v2/chats/42"), FROM, "/v2/chats/42"),
                row("of a longer prefix", new Elsewhere("/v1/streams/42"), FROM, "/v1/streams/42"),
                row("the prefix itself", new Elsewhere(PREFIX), FROM, PREFIX),
                row("of a prefix in other letters", new Elsewhere("/V1/stream/x"), FROM, "/V1/stream/x"),
                row("below the reserved segment", new Elsewhere(PREFIX + "/__ds/setup"), FROM, PREFIX + "/__ds/setup"),
                row("the reserved segment", new Elsewhere(PREFIX + "/__ds"), FROM, PREFIX + "/__ds"),
                row("the reserved segment, encoded", new Elsewhere(PREFIX + "/%5F_ds/x"), FROM, PREFIX + "/%5F_ds/x"),
                row("like the reserved segment", tail("__dsx"), FROM, PREFIX + "/__dsx"));
    }

    @ParameterizedTest
    @MethodSource({"forks", "sources"})
    void isWhatTheHeadersSay(RequestHeaders headers, ForkHeaders expected) {
        assertThat(ForkHeaders.parse(headers, PREFIX)).isEqualTo(expected);
    }

    private static Arguments bad(String name, String... headers) {
        return argumentSet(name, (Object) Fields.of(headers));
    }

    /** Every 400 of the error table that needs no look at the source, and what is no header of forks at all. */
    static Stream<Arguments> malformed() {
        String big = "9007199254740992";
        return Stream.of(
                bad("a whole URL", FROM, "https://example.org" + SOURCE),
                bad("no slash in front", FROM, "chats/42"),
                bad("empty", FROM, ""),
                bad("blank", FROM, " "),
                bad("twice", FROM, SOURCE, FROM, SOURCE),
                bad("no name below the prefix", FROM, PREFIX + "/"),
                bad("an empty segment", FROM, PREFIX + "/a//b"),
                bad("a slash at the end", FROM, SOURCE + "/"),
                bad("a dot segment", FROM, PREFIX + "/a/../b"),
                bad("an encoded dot segment", FROM, PREFIX + "/a/%2E%2E/b"),
                bad("an encoded slash", FROM, PREFIX + "/a%2Fb"),
                bad("a backslash", FROM, PREFIX + "/a\\b"),
                bad("a control character", FROM, PREFIX + "/a%00b"),
                bad("a query", FROM, SOURCE + "?offset=-1"),
                bad("a fragment", FROM, SOURCE + "#x"),
                bad("half an escape", FROM, PREFIX + "/a%2"),
                bad("no UTF-8", FROM, PREFIX + "/%FF"),
                bad("too long", FROM, PREFIX + "/" + "a".repeat(StreamPath.MAX_BYTES + 1)),
                bad("offset without source", OFFSET, AT),
                bad("sub-offset without source", SUB, "1"),
                bad("sub-offset 0 without source", SUB, "0"),
                bad("offset empty", FROM, SOURCE, OFFSET, ""),
                bad("offset as a word", FROM, SOURCE, OFFSET, "now"),
                bad("offset as a sentinel", FROM, SOURCE, OFFSET, "-1"),
                bad("offset as a number", FROM, SOURCE, OFFSET, "7"),
                bad("offset with a digit too much", FROM, SOURCE, OFFSET, AT + "0"),
                bad("offset twice", FROM, SOURCE, OFFSET, AT, OFFSET, AT),
                bad("sub-offset empty", FROM, SOURCE, OFFSET, AT, SUB, ""),
                bad("sub-offset negative", FROM, SOURCE, OFFSET, AT, SUB, "-1"),
                bad("sub-offset with a sign", FROM, SOURCE, OFFSET, AT, SUB, "+1"),
                bad("sub-offset with a point", FROM, SOURCE, OFFSET, AT, SUB, "1.0"),
                bad("sub-offset with an exponent", FROM, SOURCE, OFFSET, AT, SUB, "1e3"),
                bad("sub-offset with a leading zero", FROM, SOURCE, OFFSET, AT, SUB, "01"),
                bad("sub-offset 0, written twice", FROM, SOURCE, OFFSET, AT, SUB, "00"),
                bad("sub-offset in other digits", FROM, SOURCE, OFFSET, AT, SUB, "١"),
                bad("sub-offset as a word", FROM, SOURCE, OFFSET, AT, SUB, "x"),
                bad("sub-offset too large", FROM, SOURCE, OFFSET, AT, SUB, big),
                bad("sub-offset beyond long", FROM, SOURCE, OFFSET, AT, SUB, "9".repeat(40)),
                bad("sub-offset twice", FROM, SOURCE, OFFSET, AT, SUB, "1", SUB, "1"),
                bad("sub-offset from the tail", FROM, SOURCE, SUB, "1"));
    }

    @ParameterizedTest
    @MethodSource
    void malformed(RequestHeaders headers) {
        assertThat(ForkHeaders.parse(headers, PREFIX))
                .isInstanceOfSatisfying(Malformed.class, malformed -> assertThat(malformed.reason())
                        .isNotBlank());
    }

    /** A gateway may serve streams from the root. */
    @Test
    void emptyPrefix() {
        assertThat(ForkHeaders.parse(Fields.of(FROM, "/chats/42"), "")).isEqualTo(tail("chats/42"));
    }
}
