package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.chaos.LogStreams.Entry;
import io.millrace.history.FinalRead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogStreamsTest {

    private final List<Entry> entries = new ArrayList<>();

    /** A record; {@code headers} are names and values in turn. */
    private LogStreamsTest record(String op, String key, String value, String... headers) {
        Map<String, String> all = new HashMap<>(Map.of("ds-op", op));
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        entries.add(new Entry(entries.size() * 10L, key, all, value));
        return this;
    }

    private LogStreamsTest append(String key, String message, String... headers) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "ds-inc";
        all[headers.length + 1] = "g.1";
        return record("append", key, message + "\n", all);
    }

    private FinalRead.Stream only() {
        LogStreams.Streams streams = LogStreams.in(entries);
        assertThat(streams.standing())
                .singleElement()
                .extracting(FinalRead::path)
                .isEqualTo("/s0");
        return streams.standing().getFirst().stream().orElseThrow();
    }

    @Test
    void appendsOfTheStandingLifeAreItsMessages() {
        record("setup", "__ds/setup|g.0", "");
        record("create", "s0|g.1", "").append("s0|g.2", "a").append("s0|h.1", "b");
        record("append", "s0|h.2", "other life\n", "ds-inc", "g.9");
        record("create", "s0|h.3", "");
        assertThat(only().messages()).containsExactly("a", "b");
        assertThat(only().tail()).startsWith("0000000000000031_").hasSize(33);
        assertThat(only().isClosed()).isFalse();
    }

    @Test
    void whatTheProducersStateRefusesIsVoid() {
        record("create", "s0|g.1", "")
                .append("s0|g.2", "a", "ds-producer", "p", "ds-epoch", "0", "ds-seq", "0")
                .append("s0|g.3", "again", "ds-producer", "p", "ds-epoch", "0", "ds-seq", "0")
                .append("s0|g.4", "gap", "ds-producer", "p", "ds-epoch", "0", "ds-seq", "2")
                .append("s0|g.5", "b", "ds-producer", "p", "ds-epoch", "1", "ds-seq", "0")
                .append("s0|g.6", "stale", "ds-producer", "p", "ds-epoch", "0", "ds-seq", "1")
                .append("s0|g.7", "c", "ds-stream-seq", "5")
                .append("s0|g.8", "regression", "ds-stream-seq", "5")
                .append("s0|g.8", "counter");
        assertThat(only().messages()).containsExactly("a", "b", "c");
    }

    @Test
    void aRecordOfAJsonStreamIsOneMessage() {
        record("create", "s1|g.1", "").record("append", "s1|g.2", "\"a\"", "ds-inc", "g.1");
        assertThat(LogStreams.in(entries).standing().getFirst().stream()
                        .orElseThrow()
                        .messages())
                .containsExactly("a");
    }

    @Test
    void nothingIsAfterTheClose() {
        record("create", "s0|g.1", "")
                .append("s0|g.2", "a", "ds-closed", "true")
                .append("s0|g.3", "b");
        assertThat(only().messages()).containsExactly("a");
        assertThat(only().isClosed()).isTrue();
    }

    @Test
    void eachLifeIsAStreamOfItsOwn() {
        record("create", "s0|g.1", "").append("s0|g.2", "a");
        record("delete", "s0|g.3", "", "ds-inc", "g.1");
        record("create", "s0|g.4", "");
        append("s0|g.5", "late");
        LogStreams.Streams streams = LogStreams.in(entries);
        assertThat(streams.ended()).singleElement().satisfies(life -> assertThat(
                        life.stream().orElseThrow().messages())
                .containsExactly("a"));
        assertThat(only().messages()).isEmpty();
        assertThat(only().tail()).startsWith("0000000000000030_");
    }
}
