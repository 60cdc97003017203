package io.millrace.gateway.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeaderBlockTest {

    /** RFC 7541: the examples of C.2 to C.4, and numbers of several bytes. */
    static Stream<Arguments> blocks() {
        return Stream.of(
                argumentSet("nothing", "", 0),
                argumentSet("C.2.1", "400a637573746f6d2d6b65790d637573746f6d2d686561646572", 1),
                argumentSet("C.2.2", "040c2f73616d706c652f70617468", 1),
                argumentSet("C.2.3", "100870617373776f726406736563726574", 1),
                argumentSet("C.2.4", "82", 1),
                argumentSet("C.3.1", "828684410f7777772e6578616d706c652e636f6d", 4),
                argumentSet("C.3.3", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", 5),
                argumentSet("C.4.1", "828684418cf1e3c2e5f23a6ba0ab90f4ff", 4),
                argumentSet("a table's size and a field", "3fe11f82", 1),
                argumentSet("a large index", "ff8001", 1),
                argumentSet("an empty name and value", "400000" + "82", 2),
                argumentSet("a text of 200 bytes", "007f49" + "61".repeat(200) + "7f49" + "82".repeat(200) + "82", 2),
                argumentSet("a text without its end", "040c2f73", 1));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void fieldsAreCountedHoweverTheyCome(String hex, int fields) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        for (int size = 1; size <= bytes.length + 1; size++) {
            HeaderBlock block = new HeaderBlock();
            for (int at = 0; at < bytes.length; at += size) {
                block.read(bytes, at, Math.min(bytes.length, at + size));
            }
            assertThat(block.isAbove(fields)).isFalse();
            assertThat(block.isAbove(fields - 1)).isTrue();
        }
    }

    static Stream<Arguments> noBlocks() {
        return Stream.of(
                argumentSet("an index that does not end", "ffffffffffffff"),
                argumentSet("a length that does not end", "007f8080808080"),
                argumentSet("a text longer than any block", "007fffffffff01"));
    }

    @ParameterizedTest
    @MethodSource
    void noBlocks(String hex) {
        HeaderBlock block = new HeaderBlock();
        byte[] bytes = HexFormat.of().parseHex(hex);
        block.read(bytes, 0, bytes.length);
        assertThat(block.isAbove(1000)).isTrue();
    }
}
