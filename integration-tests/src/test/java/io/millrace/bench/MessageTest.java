package io.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTest {

    private static final Message MESSAGE = new Message(63, 123_456_789, Long.MAX_VALUE);

    @ParameterizedTest
    @ValueSource(ints = {Message.SMALLEST, 100, Message.LARGEST})
    void isReadAsItWasWritten(int size) {
        byte[] bytes = new byte[size + 7];
        MESSAGE.encode(bytes, 3, size);
        assertThat(Message.decode(bytes, 3, size)).contains(MESSAGE);
    }

    static Stream<Arguments> garbled() {
        return Stream.of(
                argumentSet("a digit of the writer", 0, 'x'),
                argumentSet("a separator", 5, '0'),
                argumentSet("a digit of the sequence", 6, '-'),
                argumentSet("a digit of the time", 20, '/'),
                argumentSet("the first byte of the filler", Message.SMALLEST, 'b'),
                argumentSet("the last byte", 99, 0));
    }

    @ParameterizedTest
    @MethodSource("garbled")
    void isNoMessageWithOneByteChanged(int at, int to) {
        byte[] bytes = encoded(MESSAGE, 100);
        bytes[at] = (byte) to;
        assertThat(Message.decode(bytes, 0, bytes.length)).isEmpty();
    }

    @Test
    void isNoMessageWithoutItsEnd() {
        assertThat(Message.decode(encoded(MESSAGE, 100), 0, Message.SMALLEST - 1))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 99, 100, 101, 250, 1000})
    void aByteStreamIsCutIntoMessagesWhateverItsPieces(int piece) {
        List<Message> sent =
                IntStream.range(0, 10).mapToObj(seq -> new Message(1, seq, seq)).toList();
        byte[] stream = new byte[1000];
        sent.forEach(message -> message.encode(stream, 100 * message.seq(), 100));
        List<Message> received = new ArrayList<>();
        List<String> garbled = new ArrayList<>();
        MessageCutter cutter = new MessageCutter(MessageForm.TEXT, 100, received::add, () -> garbled.add("garbled"));
        for (int from = 0; from < stream.length; from += piece) {
            cutter.onBytes(stream, from, Math.min(stream.length, from + piece));
        }
        cutter.onEnd();
        assertThat(received).isEqualTo(sent);
        assertThat(garbled).isEmpty();
    }

    @Test
    void aByteStreamThatEndsWithinAMessageIsGarbled() {
        List<Message> received = new ArrayList<>();
        List<String> garbled = new ArrayList<>();
        MessageCutter cutter = new MessageCutter(MessageForm.TEXT, 100, received::add, () -> garbled.add("garbled"));
        cutter.onBytes(encoded(MESSAGE, 100), 0, 99);
        cutter.onEnd();
        assertThat(received).isEmpty();
        assertThat(garbled).hasSize(1);
    }

    private static byte[] encoded(Message message, int size) {
        byte[] bytes = new byte[size];
        message.encode(bytes, 0, size);
        return bytes;
    }
}
