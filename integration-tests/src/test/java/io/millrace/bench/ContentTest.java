package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContentTest {

    private static final int SIZE = 50;
    private static final byte[] STREAM = messages(0, 1, 2, 3, 4);

    /** What a reader gets that asked for what follows the first two messages of five. */
    static Stream<Arguments> answers() {
        return Stream.of(
                argumentSet("all", messages(2, 3, 4), new Verdict(3, 0, 0, 0, 0)),
                argumentSet("not the last", messages(2, 3), new Verdict(2, 1, 0, 0, 0)),
                argumentSet("not the first", messages(3, 4), new Verdict(2, 1, 0, 0, 0)),
                argumentSet("nothing", messages(), new Verdict(0, 3, 0, 0, 0)),
                argumentSet("one twice", messages(2, 3, 3, 4), new Verdict(4, 0, 1, 0, 0)),
                argumentSet("all twice", messages(2, 3, 4, 2, 3, 4), new Verdict(6, 0, 3, 0, 0)),
                argumentSet("another order", messages(2, 4, 3), new Verdict(3, 0, 0, 1, 0)),
                argumentSet("one before its offset", messages(1, 2, 3, 4), new Verdict(4, 0, 1, 0, 0)),
                argumentSet("one that nobody sent", messages(2, 3, 4, 5), new Verdict(4, 0, 0, 0, 1)));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void isComparedWhateverThePieces(byte[] answer, Verdict expected) {
        for (int piece : List.of(1, SIZE - 1, SIZE, 3 * SIZE, 10 * SIZE)) {
            Content content = new Content(STREAM, SIZE, 2);
            for (int at = 0; at < answer.length; at += piece) {
                content.onBytes(answer, at, Math.min(at + piece, answer.length));
            }
            assertThat(content.verdict()).as("in pieces of %d", piece).isEqualTo(expected);
            assertThat(content.isComplete()).isEqualTo(expected.isClean());
        }
    }

    private static byte[] messages(int... seqs) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int seq : seqs) {
            byte[] message = new byte[SIZE];
            new Message(0, seq, 1_000L + seq).encode(message, 0, SIZE);
            bytes.writeBytes(message);
        }
        return bytes.toByteArray();
    }
}
