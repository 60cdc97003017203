package io.millrace.gateway.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error for people and programs (RFC 9457).
 *
 * @param name   what programs tell it by; the last part of its type
 * @param title  the same for all problems of its type
 * @param detail this one in particular
 * @param more   further members
 */
record Problem(Status status, String name, String title, String detail, Map<String, String> more) {

    private static final String TYPE = "urn:problem-type:millrace:";

    Problem {
        more = Map.copyOf(more);
    }

    Problem(Status status, String name, String title, String detail) {
        this(status, name, title, detail, Map.of());
    }

    /** As an answer, which no cache may keep. */
    Answer answer() {
        return Answer.of(status)
                .with(HeaderFields.PROBLEM_JSON)
                .with(HeaderFields.NO_STORE)
                .carrying(new Content.Bytes(json()));
    }

    /** As an answer with one more header. */
    Answer answer(HeaderName header, String value) {
        return answer().with(header, value);
    }

    /** As an answer to a request that may be sent again after so many seconds. */
    Answer answerRetryAfter(long seconds) {
        return answer().with(HeaderNames.RETRY_AFTER, Math.max(1, seconds));
    }

    byte[] json() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("type", TYPE + name);
        texts.put("title", title);
        texts.put("detail", detail);
        texts.putAll(more);
        StringBuilder json = new StringBuilder("{\"status\":").append(status.code());
        texts.forEach((member, text) -> {
            json.append(",\"").append(member).append("\":\"");
            JsonStringEncoder.getInstance().quoteAsString(text, json);
            json.append('"');
        });
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }
}
