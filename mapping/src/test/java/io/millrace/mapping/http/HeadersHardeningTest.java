package io.millrace.mapping.http;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** No header or query that a client can send makes a parser throw. */
class HeadersHardeningTest {

    private static final List<String> PIECES = List.of(
            "",
            " ",
            "\t",
            ",",
            ";",
            "=",
            "\"",
            "\\",
            "*",
            "W/",
            "gzip",
            "identity",
            "q=",
            "0.5",
            "1",
            "0",
            "-1",
            "true",
            "9007199254740992",
            "99999999999999999999",
            "2030-01-31T12:00:00Z",
            "T",
            "Z",
            ":",
            "%",
            "%41",
            "%zz",
            "&",
            "offset",
            "live",
            "sse",
            "text/plain",
            "charset",
            "\u0000",
            "\r\n",
            "\u007f",
            "\u00e9",
            "\u0661",
            "\ud83d",
            "a".repeat(300));

    @Test
    void nothingThrows() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 50_000; round++) {
            String text = text(random);
            RequestHeaders headers = name -> name.isEmpty() ? List.of() : values(text, random);
            assertThatCode(() -> parseAll(text, headers))
                    .as("seed %d round %d: '%s'", seed, round, text)
                    .doesNotThrowAnyException();
        }
    }

    private static void parseAll(String text, RequestHeaders headers) {
        ProducerHeaders.parse(headers);
        StreamSeqHeader.parse(headers);
        ContentTypeHeader.parse(headers);
        ExpiryHeaders.parse(headers);
        TtlHeader.parse(headers);
        ExpiresAtHeader.parse(headers);
        ClosedHeader.parse(headers);
        IfNoneMatch.parse(headers).matches("\"a\"");
        AcceptEncoding.parse(headers);
        if (QueryParameters.parse(text) instanceof QueryParameters.Parsed.Valid(QueryParameters query)) {
            LiveMode.parse(query);
        }
    }

    private static List<String> values(String text, Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> List.of();
            case 1 -> List.of(text, text);
            default -> List.of(text);
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }
}
