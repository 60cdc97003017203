package io.millrace.mapping.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.mapping.stream.StreamPath.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StreamPathTest {

    static Stream<Arguments> names() {
        return Stream.of(
                argumentSet("one segment", "chat", "chat"),
                argumentSet("several segments", "chats/42", "chats/42"),
                argumentSet("escapes are decoded", "chats/caf%C3%A9", "chats/café"),
                argumentSet("needless escapes are the same name", "%63hat", "chat"),
                argumentSet("letter case counts", "Chat", "Chat"),
                argumentSet("decoded once", "a%252Fb", "a%2Fb"),
                argumentSet("matrix parameter is part of the name", "chat;v=1/x", "chat;v=1/x"),
                argumentSet("plus is a plus", "a+b", "a+b"),
                argumentSet("encoded space", "a%20b", "a b"),
                argumentSet("encoded question mark", "a%3Fb%23", "a?b#"),
                argumentSet("sub-delimiters", "!$&'()*+,;=:@", "!$&'()*+,;=:@"),
                argumentSet("dots that are no dot segment", "a./..b/...", "a./..b/..."),
                argumentSet("beyond the basic plane", "%F0%9F%98%80", "😀"),
                argumentSet("reserved name further down", "a/__ds", "a/__ds"),
                argumentSet("reserved name with more text", "__dsx", "__dsx"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void namesAStream(String raw, String canonical) {
        assertThat(StreamPath.parse(raw)).isEqualTo(new Parsed.Valid(StreamPath.of(canonical)));
    }

    static Stream<Arguments> reserved() {
        return Stream.of(
                argumentSet("by itself", "__ds", "__ds"),
                argumentSet("with more segments", "__ds/subscriptions/a", "__ds/subscriptions/a"),
                argumentSet("escaped", "%5F_d%73/x", "__ds/x"));
    }

    @ParameterizedTest
    @MethodSource("reserved")
    void reservedNamesAreNeverStreams(String raw, String canonical) {
        assertThat(StreamPath.parse(raw)).isEqualTo(new Parsed.Reserved(StreamPath.of(canonical)));
    }

    @Test
    void unicodeFormsAreDifferentNames() {
        assertThat(StreamPath.parse("caf%C3%A9")).isNotEqualTo(StreamPath.parse("cafe%CC%81"));
    }

    @Test
    void canonicalTextIsValidated() {
        for (String text : new String[] {"", "/a", "a/", "a//b", ".", "a/../b", "a\u0000", "a\\b", "\ud83d"}) {
            assertThatIllegalArgumentException().as("'%s'", text).isThrownBy(() -> StreamPath.of(text));
            assertThat(StreamPath.isCanonical(text)).as("'%s'", text).isFalse();
        }
    }

    @Test
    void lengthIsBoundedInBytes() {
        assertThat(StreamPath.of("€".repeat(341) + "a").utf8()).hasSize(StreamPath.MAX_BYTES);
        assertThat(StreamPath.isCanonical("€".repeat(341) + "aa")).isFalse();
        assertThat(StreamPath.parse("%41".repeat(1024))).isEqualTo(new Parsed.Valid(StreamPath.of("A".repeat(1024))));
        assertThat(StreamPath.parse("A".repeat(1025))).isInstanceOf(Parsed.Invalid.class);
        assertThat(StreamPath.parse("%41".repeat(1025))).isInstanceOf(Parsed.Invalid.class);
    }

    @Test
    void urlEncodedEscapesAllButUnreserved() {
        assertThat(StreamPath.of("chats/a b/é;%~").urlEncoded()).isEqualTo("chats/a%20b/%C3%A9%3B%25~");
    }

    @Test
    void segmentsAreThePartsBetweenSlashes() {
        assertThat(StreamPath.of("a/b c/d").segments()).containsExactly("a", "b c", "d");
    }

    /** Kafka's own test vectors (org.apache.kafka.common.utils.UtilsTest). */
    static Stream<Arguments> murmurVectors() {
        return Stream.of(
                argumentSet("21", "21", -973932308),
                argumentSet("foobar", "foobar", -790332482),
                argumentSet("a-little-bit-long-string", "a-little-bit-long-string", -985981536),
                argumentSet("a-little-bit-longer-string", "a-little-bit-longer-string", -1486304829),
                argumentSet("48 characters", "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
                argumentSet("abc", "abc", 479470107),
                // Bytes above 0x7f are unsigned; computed with kafka-clients 4.4.0.
                argumentSet("non-ASCII", "chats/café😀", -489141022));
    }

    @ParameterizedTest
    @MethodSource("murmurVectors")
    void murmur2IsKafkas(String text, int expected) {
        assertThat(Murmur2.hash(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(expected);
    }

    /** Stored for ever: a change here loses every stream of every shared topic. */
    @Test
    void partitionIsTheHashWithoutItsSign() {
        assertThat(StreamPath.of("abc").partition(16)).isEqualTo(479470107 % 16);
        assertThat(StreamPath.of("foobar").partition(16)).isEqualTo((-790332482 & 0x7fffffff) % 16);
        assertThat(StreamPath.of("foobar").partition(1)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> StreamPath.of("a").partition(0));
    }

    @Test
    void partitionsAreEvenlyUsed() {
        Map<Integer, Integer> streams = new HashMap<>();
        for (int i = 0; i < 16_000; i++) {
            streams.merge(StreamPath.of("chats/" + i).partition(16), 1, Integer::sum);
        }
        assertThat(streams).hasSize(16).allSatisfy((_, count) -> assertThat(count)
                .isBetween(800, 1200));
    }

    @Test
    void everyCanonicalPathSurvivesItsUrl() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int canonical = 0;
        for (int round = 0; round < 50_000; round++) {
            String text = random.ints(1 + random.nextInt(10), 0, 0x300)
                    .map(c -> c % 7 == 0 ? '/' : c % 11 == 0 ? '.' : c % 13 == 0 ? 0x1f600 + c % 64 : c)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            if (StreamPath.isCanonical(text)) {
                canonical++;
                StreamPath path = StreamPath.of(text);
                assertThat(StreamPath.parse(path.urlEncoded()))
                        .as("seed %d round %d", seed, round)
                        .isEqualTo(new Parsed.Valid(path));
            }
        }
        assertThat(canonical).as("seed %d: paths tried", seed).isGreaterThan(10_000);
    }
}
