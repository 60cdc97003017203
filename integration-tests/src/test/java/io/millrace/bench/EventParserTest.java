package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EventParserTest {

    static Stream<Arguments> events() {
        return Stream.of(
                argumentSet("with a space", "event: data\ndata: hello\n\n", List.of("DATA hello")),
                argumentSet("without a space", "event:data\ndata:hello\n\n", List.of("DATA hello")),
                argumentSet("with two spaces", "event: data\ndata:  hello\n\n", List.of("DATA  hello")),
                argumentSet("with carriage returns", "event: data\r\ndata: hello\r\n\r\n", List.of("DATA hello")),
                argumentSet("of several lines", "event: data\ndata: a\ndata:\ndata: b\n\n", List.of("DATA a\n\nb")),
                argumentSet("with empty data", "event: data\ndata:\n\n", List.of("DATA ")),
                argumentSet("data before name", "data: a\nevent: data\n\n", List.of("DATA a")),
                argumentSet("comments", ": keep-alive\n\nevent: data\n: b\ndata: a\n\n", List.of("DATA a")),
                argumentSet("a name without data", "event: data\n\ndata: a\n\n", List.of("OTHER a")),
                argumentSet(
                        "data, control and something else",
                        "event: data\ndata: a\n\nevent: control\ndata: {}\n\nevent: dat\ndata: b\n\n",
                        List.of("DATA a", "CONTROL {}", "OTHER b")),
                argumentSet("longer than the first buffer", longEvent(), List.of("DATA " + "x".repeat(5_000))),
                argumentSet("begun only", "event: data\ndata: hello\n", List.of()));
    }

    @ParameterizedTest
    @MethodSource("events")
    void areTakenApartWhateverThePieces(String wire, List<String> events) {
        byte[] bytes = wire.getBytes(UTF_8);
        for (int piece = 1; piece <= bytes.length; piece += 1 + piece / 10) {
            List<String> heard = new ArrayList<>();
            EventParser parser =
                    new EventParser((kind, data, length) -> heard.add(kind + " " + new String(data, 0, length, UTF_8)));
            for (int from = 0; from < bytes.length; from += piece) {
                parser.onBytes(bytes, from, Math.min(bytes.length, from + piece));
            }
            assertThat(heard).as("in pieces of %d", piece).isEqualTo(events);
        }
    }

    private static String longEvent() {
        return "event: data\ndata: " + "x".repeat(5_000) + "\n\n";
    }
}
