package io.millrace.gateway.http2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.helidon.http.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;

    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    private static final int PADDED = 0x8;

    private static final int PRIORITY = 0x20;

    private static final int OVER = 101;
    private static final int UNREAD = 103;

    private final List<String> heard = new ArrayList<>();
    private final FrameReader reader = new FrameReader(new Words(heard));

    /** What was heard, in words. */
    private record Words(List<String> heard) implements FrameListener {

        @Override
        public boolean isOver(int stream) {
            return stream == OVER;
        }

        @Override
        public boolean isUnread(int stream) {
            return stream == UNREAD;
        }

        @Override
        public void onHeaders(int stream, boolean endsStream) {
            heard.add("headers " + stream + (endsStream ? " end" : ""));
        }

        @Override
        public void onData(int stream, int bytes, boolean endsStream) {
            heard.add("data " + stream + " " + bytes + (endsStream ? " end" : ""));
        }

        @Override
        public void onReset(int stream) {
            heard.add("reset " + stream);
        }
    }

    static Stream<Arguments> frames() {
        return Stream.of(
                argumentSet("GET", frame(HEADERS, END_STREAM | END_HEADERS, 1, bytes(40)), List.of("headers 1 end")),
                argumentSet(
                        "headers with a body to come", frame(HEADERS, END_HEADERS, 3, bytes(40)), List.of("headers 3")),
                argumentSet("headers that go on", frame(HEADERS, END_STREAM, 3, bytes(40)), List.of("headers 3 end")),
                argumentSet("their rest", frame(CONTINUATION, END_HEADERS, 3, bytes(40)), List.of()),
                argumentSet("data", frame(DATA, 0, 5, bytes(16_384)), List.of("data 5 16384")),
                argumentSet("last data", frame(DATA, END_STREAM, 5, bytes(1)), List.of("data 5 1 end")),
                argumentSet("an end without data", frame(DATA, END_STREAM, 5, bytes(0)), List.of("data 5 0 end")),
                argumentSet("padded data", frame(DATA, PADDED, 5, padded(7, 20)), List.of("data 5 20")),
                argumentSet("padding of 255", frame(DATA, PADDED, 5, padded(255, 1)), List.of("data 5 1")),
                argumentSet("no padding after all", frame(DATA, PADDED, 5, padded(0, 1)), List.of("data 5 1")),
                argumentSet(
                        "nothing but padding",
                        frame(DATA, PADDED | END_STREAM, 5, padded(0, 0)),
                        List.of("data 5 0 end")),
                argumentSet("padding without its length", frame(DATA, PADDED, 5, bytes(0)), List.of("data 5 0")),
                argumentSet("reset", frame(RST_STREAM, 0, 7, bytes(4)), List.of("reset 7")),
                argumentSet(
                        "the highest stream", frame(RST_STREAM, 0, 0x7fffffff, bytes(4)), List.of("reset 2147483647")),
                argumentSet("the reserved bit", frame(RST_STREAM, 0, 0x80000007, bytes(4)), List.of("reset 7")),
                argumentSet("ping", frame(PING, 0, 0, bytes(8)), List.of()),
                argumentSet("window", frame(WINDOW_UPDATE, 0, 5, bytes(4)), List.of()),
                argumentSet("no settings", frame(SETTINGS, 0, 0, bytes(0)), List.of()),
                argumentSet("known settings", frame(SETTINGS, 0, 0, settings(1, 2, 3, 4, 5, 6)), List.of()),
                argumentSet("half a setting", frame(SETTINGS, 0, 0, bytes(7)), List.of()),
                argumentSet("very many settings", frame(SETTINGS, 0, 0, bytes(16_386)), List.of()),
                argumentSet("unknown type", frame(0xfa, 0xff, 5, bytes(100)), List.of()),
                argumentSet("the longest of all", frame(0xfa, 0, 5, bytes(0xffffff)), List.of()));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void passesAndIsHeard(byte[] frame, List<String> words) {
        byte[] sent = concat(PREFACE, frame, frame(PING, 0, 0, bytes(8)), frame);
        assertThat(reader.read(sent)).isEqualTo(sent);
        assertThat(heard)
                .isEqualTo(Stream.concat(words.stream(), words.stream()).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 9, 10, 23, 24, 25, 1000})
    void packetsMayBeCutAnywhere(int size) {
        byte[] sent = concat(
                PREFACE,
                frame(SETTINGS, 0, 0, settings(4, 3)),
                frame(HEADERS, END_HEADERS, 1, bytes(33)),
                frame(DATA, PADDED, 1, padded(3, 50)),
                frame(DATA, END_STREAM, 1, bytes(500)),
                frame(RST_STREAM, 0, 1, bytes(4)));
        ByteArrayOutputStream passed = new ByteArrayOutputStream();
        for (int at = 0; at < sent.length; at += size) {
            passed.writeBytes(reader.read(Arrays.copyOfRange(sent, at, Math.min(sent.length, at + size))));
        }
        assertThat(passed.toByteArray()).isEqualTo(sent);
        assertThat(heard).containsExactly("headers 1", "data 1 50", "data 1 500 end", "reset 1");
    }

    @Test
    void nothingIsHeardOfAFrameThatIsNotComplete() {
        byte[] last = frame(DATA, END_STREAM, 1, bytes(10));
        reader.read(concat(PREFACE, Arrays.copyOf(last, last.length - 1)));
        assertThat(heard).isEmpty();
        reader.read(bytes(1));
        assertThat(heard).containsExactly("data 1 10 end");
    }

    /** helidon#12196: an unknown setting made Helidon lose those after it, the window's size among them. */
    @Test
    void unknownSettingsAreTakenOut() {
        byte[] sent = concat(
                PREFACE,
                frame(SETTINGS, 0, 0, settings(0x0a0a, 1, 8, 4, 9, 0)),
                frame(SETTINGS, 0, 0, settings(8)),
                frame(PING, 0, 0, bytes(8)));
        assertThat(reader.read(sent))
                .isEqualTo(concat(
                        PREFACE,
                        frame(SETTINGS, 0, 0, settings(1, 4)),
                        frame(SETTINGS, 0, 0, bytes(0)),
                        frame(PING, 0, 0, bytes(8))));
    }

    /** Helidon would end the connection at it. */
    @Test
    void theResetOfAStreamThatIsOverIsTakenOut() {
        byte[] before = frame(DATA, 0, OVER, bytes(3));
        byte[] malformed = frame(RST_STREAM, 0, OVER, bytes(3));
        byte[] sent = concat(PREFACE, before, frame(RST_STREAM, 0, OVER, bytes(4)), malformed);
        assertThat(reader.read(sent)).isEqualTo(concat(PREFACE, before, malformed));
    }

    /** It would fill a queue, and the connection would wait for somebody to empty it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 256, 257, 1000, 16_384})
    void dataThatNobodyReadsBecomesPaddingOfTheSameLength(int length) {
        byte[] last = frame(PING, 0, 0, bytes(8));
        for (int flags : new int[] {0, END_STREAM, PADDED, PADDED | END_STREAM}) {
            FrameReader fresh = new FrameReader(new Words(heard));
            byte[] payload = bytes(length);
            payload[0] = 0;
            byte[] passed = fresh.read(concat(PREFACE, frame(DATA, flags, UNREAD, payload), last));
            int frames = (length + 255) / 256;
            int lastLength = length - (frames - 1) * 256;
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            expected.writeBytes(PREFACE);
            for (int i = 1; i < frames; i++) {
                expected.writeBytes(frame(DATA, PADDED, UNREAD, padded(255, 0)));
            }
            expected.writeBytes(frame(DATA, PADDED | (flags & END_STREAM), UNREAD, padded(lastLength - 1, 0)));
            expected.writeBytes(last);
            assertThat(passed).isEqualTo(expected.toByteArray());
        }
        assertThat(heard).hasSize(4);
    }

    /** Whole or in parts, with a priority or padding in front. */
    @Test
    void headersOfVeryManyFieldsAreRefused() {
        byte[] most = new byte[250];
        Arrays.fill(most, (byte) 0x90);
        byte[] one = {(byte) 0x90};
        byte[] prefix = new byte[6];
        byte[] sent = concat(
                PREFACE,
                frame(HEADERS, END_HEADERS, 1, most),
                frame(HEADERS, END_HEADERS | PADDED | PRIORITY, 3, concat(prefix, most)),
                frame(HEADERS, 0, 5, one),
                frame(CONTINUATION, END_HEADERS, 5, Arrays.copyOf(most, 248)));
        assertThat(reader.read(sent)).isEqualTo(sent);
        byte[] tooMany = frame(HEADERS, END_HEADERS, 7, concat(most, one));
        assertThatThrownBy(() -> reader.read(tooMany)).isInstanceOf(Http2Exception.class);
        FrameReader other = new FrameReader(new Words(heard));
        other.read(concat(PREFACE, frame(HEADERS, 0, 1, most)));
        byte[] more = frame(CONTINUATION, END_HEADERS, 1, one);
        assertThatThrownBy(() -> other.read(more)).isInstanceOf(Http2Exception.class);
    }

    /** The server would keep each of them. */
    @Test
    void headersThatGoOnInVeryManyFramesAreRefused() {
        byte[] empty = frame(CONTINUATION, 0, 1, bytes(0));
        reader.read(concat(PREFACE, frame(HEADERS, 0, 1, bytes(0))));
        for (int i = 0; i < 250; i++) {
            assertThat(reader.read(empty)).isEqualTo(empty);
        }
        assertThatThrownBy(() -> reader.read(empty)).isInstanceOf(Http2Exception.class);
    }

    @Test
    void framesThatTheServerRefusesPassThoughNobodyReads() {
        byte[] sent = concat(
                PREFACE,
                frame(DATA, END_STREAM, UNREAD, bytes(0)),
                frame(DATA, 0, UNREAD, bytes(16_385)),
                frame(HEADERS, 0, UNREAD, bytes(20)));
        assertThat(reader.read(sent)).isEqualTo(sent);
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        int length = payload.length;
        byte[] head = {
            (byte) (length >> 16),
            (byte) (length >> 8),
            (byte) length,
            (byte) type,
            (byte) flags,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
        };
        return concat(head, payload);
    }

    private static byte[] padded(int padding, int data) {
        return concat(new byte[] {(byte) padding}, bytes(data), new byte[padding]);
    }

    private static byte[] settings(int... identifiers) {
        ByteArrayOutputStream settings = new ByteArrayOutputStream();
        for (int identifier : identifiers) {
            settings.writeBytes(new byte[] {(byte) (identifier >> 8), (byte) identifier, 0, 1, 2, (byte) identifier});
        }
        return settings.toByteArray();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 0x5a);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
