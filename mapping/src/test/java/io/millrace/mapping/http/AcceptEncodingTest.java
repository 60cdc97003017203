package io.millrace.mapping.http;

import static io.millrace.mapping.http.AcceptEncoding.GZIP;
import static io.millrace.mapping.http.AcceptEncoding.IDENTITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AcceptEncodingTest {

    /** RFC 9110, 12.5.3. */
    static Stream<Arguments> headers() {
        return Stream.of(
                argumentSet("gzip", "gzip", GZIP),
                argumentSet("x-gzip", "x-gzip", GZIP),
                argumentSet("upper case", "GZIP", GZIP),
                argumentSet("a browser", "gzip, deflate, br, zstd", GZIP),
                argumentSet("last of a list", "br;q=1.0, deflate ; q=0.5 , gzip ; q=0.8", GZIP),
                argumentSet("anything", "*", GZIP),
                argumentSet("anything, low", "*;q=0.001", GZIP),
                argumentSet("identity equally", "identity, gzip", GZIP),
                argumentSet("identity excluded", "identity;q=0, gzip;q=0.1", GZIP),
                argumentSet("upper-case weight", "gzip;Q=0.5", GZIP),
                argumentSet("empty", "", IDENTITY),
                argumentSet("others only", "br, deflate", IDENTITY),
                argumentSet("gzip excluded", "gzip;q=0", IDENTITY),
                argumentSet("gzip excluded, three digits", "gzip;q=0.000", IDENTITY),
                argumentSet("gzip excluded, anything else", "gzip;q=0, *", IDENTITY),
                argumentSet("anything excluded", "*;q=0", IDENTITY),
                argumentSet("anything but named", "*;q=0, gzip", GZIP),
                argumentSet("identity preferred", "identity, gzip;q=0.5", IDENTITY),
                argumentSet("identity only", "identity", IDENTITY),
                argumentSet("prefix of gzip", "gzi", IDENTITY),
                argumentSet("longer than gzip", "gzipped", IDENTITY),
                argumentSet("weight above one", "gzip;q=2", IDENTITY),
                argumentSet("negative weight", "gzip;q=-1", IDENTITY),
                argumentSet("too many digits", "gzip;q=0.0001", IDENTITY),
                argumentSet("weight without number", "gzip;q=", IDENTITY),
                argumentSet("no weight behind semicolon", "gzip;", IDENTITY),
                argumentSet("exponent", "gzip;q=1e0", IDENTITY),
                argumentSet("other parameter", "gzip;level=9", IDENTITY));
    }

    @ParameterizedTest
    @MethodSource("headers")
    void coding(String header, AcceptEncoding expected) {
        assertThat(AcceptEncoding.parse(Fields.of("Accept-Encoding", header))).isEqualTo(expected);
    }

    @Test
    void withoutAHeaderBytesAreSentAsTheyAre() {
        assertThat(AcceptEncoding.parse(Fields.of())).isEqualTo(IDENTITY);
    }

    @Test
    void severalLinesAreOneList() {
        assertThat(AcceptEncoding.parse(Fields.of("Accept-Encoding", "br", "Accept-Encoding", "gzip")))
                .isEqualTo(GZIP);
    }
}
