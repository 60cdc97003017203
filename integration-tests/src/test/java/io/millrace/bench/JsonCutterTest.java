package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonCutterTest {

    private static final int SIZE = 60;
    private static final String A = message(1, 0);
    private static final String B = message(2, 1);
    private static final String C = message(1, 2);

    /** The bodies of responses; the seqs of the messages in them, and "garbled" for what is none. */
    static Stream<Arguments> responses() {
        return Stream.of(
                argumentSet("one message", List.of("[" + A + "]"), List.of("0")),
                argumentSet("three messages", List.of("[" + A + "," + B + "," + C + "]"), List.of("0", "1", "2")),
                argumentSet("no messages", List.of("[]"), List.of()),
                argumentSet("two arrays", List.of("[" + A + "]", "[" + B + "," + C + "]"), List.of("0", "1", "2")),
                argumentSet(
                        "with whitespace", List.of(" [\r\n " + A + " ,\t" + B + "\n]\n", " [ ]"), List.of("0", "1")),
                argumentSet("nothing", List.of(""), List.of("garbled")),
                argumentSet("no array", List.of(A), List.of("garbled")),
                argumentSet("no end", List.of("[" + A, "[" + B + "]"), List.of("0", "garbled", "1")),
                argumentSet("an end within a message", List.of("[" + A.substring(1, 50)), List.of("garbled")),
                argumentSet("half a message", List.of("[" + A.substring(0, 50)), List.of("garbled")),
                argumentSet(
                        "half a message, then an array",
                        List.of("[" + A.substring(0, 50), "[" + B + "]"),
                        List.of("garbled", "1")),
                argumentSet("a comma too many", List.of("[" + A + ",," + B + "]"), List.of("0", "garbled", "1")),
                argumentSet("no comma", List.of("[" + A + B + "," + C + "]"), List.of("0", "garbled", "2")),
                argumentSet("a comma at the end", List.of("[" + A + ",]"), List.of("0", "garbled")),
                argumentSet("something after the end", List.of("[" + A + "]]"), List.of("0", "garbled")),
                argumentSet("a number", List.of("[" + A + ",17," + C + "]"), List.of("0", "garbled", "2")),
                argumentSet("another key", List.of("[" + A.replace('m', 'n') + "," + B + "]"), List.of("garbled", "1")),
                argumentSet(
                        "another last byte",
                        List.of("[" + A.replace("\"}", "'}") + "," + B + "]"),
                        List.of("garbled", "1")));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void areCutWhateverThePieces(List<String> bodies, List<String> expected) {
        for (int piece = 1; piece <= 200; piece++) {
            List<String> found = new ArrayList<>();
            Cutter cutter = MessageForm.JSON.cutter(
                    SIZE, message -> found.add(Integer.toString(message.seq())), () -> found.add("garbled"));
            for (String body : bodies) {
                byte[] bytes = body.getBytes(US_ASCII);
                for (int from = 0; from < bytes.length; from += piece) {
                    cutter.onBytes(bytes, from, Math.min(bytes.length, from + piece));
                }
                cutter.onResponseEnd();
            }
            cutter.onEnd();
            assertThat(found).as("in pieces of %d", piece).isEqualTo(expected);
        }
    }

    @Test
    void aBodyIsReadAsItWasWritten() {
        Message last = new Message(7, 12, 345);
        byte[] body = new byte[MessageForm.JSON.bodyBytes(3, SIZE)];
        MessageForm.JSON.encodeBody(new Message(7, 0, 0), body, 0, 3, SIZE);
        int text = MessageForm.JSON.textAt();
        Message.renumber(body, MessageForm.JSON.messageAt(0, SIZE) + text, 10, 345);
        for (int i = 1; i < 3; i++) {
            Message.renumberLike(
                    body,
                    MessageForm.JSON.messageAt(i, SIZE) + text,
                    10 + i,
                    MessageForm.JSON.messageAt(0, SIZE) + text);
        }
        List<Message> read = new ArrayList<>();
        Cutter cutter = MessageForm.JSON.cutter(SIZE, read::add, () -> read.add(new Message(-1, -1, -1)));
        cutter.onBytes(body, 0, body.length);
        cutter.onResponseEnd();
        assertThat(read).containsExactly(new Message(7, 10, 345), new Message(7, 11, 345), last);
    }

    private static String message(int writer, int seq) {
        byte[] bytes = new byte[SIZE];
        MessageForm.JSON.encode(new Message(writer, seq, 0), bytes, 0, SIZE);
        return new String(bytes, US_ASCII);
    }
}
