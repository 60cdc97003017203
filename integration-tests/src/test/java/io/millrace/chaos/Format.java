package io.millrace.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/** How messages, which are texts of one line, stand in a stream. */
enum Format {

    /** A line each. */
    TEXT("text/plain") {
        @Override
        byte[] body(String message) {
            return (message + "\n").getBytes(UTF_8);
        }

        @Override
        List<String> messages(String data) {
            return data.isEmpty() || data.endsWith("\n") ? data.lines().toList() : torn(data);
        }
    },

    /** A JSON string each. */
    JSON("application/json") {
        @Override
        byte[] body(String message) {
            return ("\"" + message + "\"").getBytes(UTF_8);
        }

        @Override
        List<String> messages(String data) {
            try {
                return data.isEmpty() ? List.of() : List.of(MAPPER.readValue(data, String[].class));
            } catch (JsonProcessingException e) {
                return torn(data);
            }
        }
    };

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final String contentType;

    Format(String contentType) {
        this.contentType = contentType;
    }

    String contentType() {
        return contentType;
    }

    abstract byte[] body(String message);

    /** The messages in what was read; what is no sequence of them is one that nobody has sent. */
    abstract List<String> messages(String data);

    /** The messages in a record's value. */
    List<String> stored(String value) {
        return messages(this == JSON ? "[" + value + "]" : value);
    }

    private static List<String> torn(String data) {
        return List.of("torn: " + data);
    }
}
