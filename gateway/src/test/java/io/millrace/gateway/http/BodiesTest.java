package io.millrace.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mapping.judge.Command.Body;
import io.millrace.mapping.stream.MediaType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodiesTest {

    /** PROTOCOL.md 9.1.2 to 9.1.4; the count is that of the messages, -1 for a refusal. */
    @ParameterizedTest
    @CsvSource({
        "text/plain, '[]', 1, 1",
        "application/json, '[]', -1, 0",
        "application/json, '[1,2]', 2, 2",
        "application/json, '{', -1, -1",
        "application/json, '', -1, 0",
        "application/octet-stream, '', 0, 0"
    })
    void messages(String type, String body, int appended, int created) {
        assertThat(count(Bodies.ofAppend(body.getBytes(UTF_8), new MediaType(type))))
                .isEqualTo(appended);
        assertThat(count(Bodies.ofCreate(body.getBytes(UTF_8), new MediaType(type))))
                .isEqualTo(created);
    }

    private static int count(Body body) {
        return switch (body) {
            case Body.Fit fit -> fit.payload().count();
            case Body.Unfit _ -> -1;
        };
    }
}
