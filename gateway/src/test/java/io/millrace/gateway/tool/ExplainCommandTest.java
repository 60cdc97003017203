package io.millrace.gateway.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplainCommandTest {

    private static final String RULES = """
            kafka: {denied-topics: salaries}
            mappings:
              - path: "internal/**"
                kind: deny
                description: Not for browsers.
              - path: "orders/{p}"
                kind: existing
                topic: orders
                partition: "{p}"
                where.p: "[0-9]+"
                description: All orders.
              - path: "inbox/{user}"
                kind: existing
                topic: inbox
                key: "{user}"
                key-format: long
                partitioner: crc32
                content-type: application/json
                on-bad-record: error
                access: append
                cache: none
                headers.source: web
              - path: "raw/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                envelope: record
                cache: public
                where.topic: ".+"
              - path: "customers/{k}"
                kind: existing
                topic: customers
                key: "{k}"
                envelope: state
                type: customer
              - path: "jobs/{id}"
                kind: dedicated
                topic: "jobs.{id}"
                replication-factor: 1
              - path: "chats/**"
                kind: shared
                topic: durable-streams
                partitions: 16
                replication-factor: 1
            """;

    @TempDir
    Path folder;

    static Stream<Arguments> texts() {
        return Stream.of(
                argumentSet("partition", "GET", "/v1/stream/orders/7?offset=-1", """
                        GET /v1/stream/orders/7 asks for the stream orders/7.
                        mapping 1 (path "internal/**") is not for it: "orders" does not fit "internal".
                        mapping 2 (path "orders/{p}") decides: {p} is "7".
                        kind           existing
                        description    All orders.
                        topic          orders
                        partition      7
                        envelope       value: a message is a record's value
                        content type   application/octet-stream
                        access         read
                        cache          private: the client alone may keep what it reads
                        answer         GET is possible."""),
                argumentSet("key, append", "POST", "http://localhost:4437/v1/stream/inbox/258#x", """
                        POST /v1/stream/inbox/258 asks for the stream inbox/258.
                        mapping 1 (path "internal/**") is not for it: "inbox" does not fit "internal".
                        mapping 2 (path "orders/{p}") is not for it: "inbox" does not fit "orders".
                        mapping 3 (path "inbox/{user}") decides: {user} is "258".
                        kind           existing
                        topic          inbox
                        key            "258" as long, which is the bytes 0000000000000102
                        partition      crc32 of the key, by how many there are; --kafka asks that
                        envelope       value: a message is a record's value
                        content type   application/json
                        on bad record  error
                        access         append
                        header         source: web
                        cache          none: nobody may keep what is read
                        answer         POST is possible, and writes at least once. With producer headers, Stream-Seq or \
                        Stream-Closed it gets 501: what they ask for cannot be kept in a topic of somebody else."""),
                argumentSet("deny", "get", "/v1/stream/internal/x", """
                        GET /v1/stream/internal/x asks for the stream internal/x.
                        mapping 1 (path "internal/**") decides.
                        kind           deny
                        description    Not for browsers.
                        answer         403: the mapping of path "internal/**" denies it."""),
                argumentSet("no rule", "GET", "/v1/stream/orders/x", """
                        GET /v1/stream/orders/x asks for the stream orders/x.
                        mapping 1 (path "internal/**") is not for it: "orders" does not fit "internal".
                        mapping 2 (path "orders/{p}") is not for it: {p} is "x", which where.p, [0-9]+, does not match.
                        mapping 3 (path "inbox/{user}") is not for it: "orders" does not fit "inbox".
                        mapping 4 (path "raw/{topic}") is not for it: "orders" does not fit "raw".
                        mapping 5 (path "customers/{k}") is not for it: "orders" does not fit "customers".
                        mapping 6 (path "jobs/{id}") is not for it: "orders" does not fit "jobs".
                        mapping 7 (path "chats/**") is not for it: "orders" does not fit "chats".
                        answer         404: no rule is for this path."""),
                argumentSet("below no prefix", "GET", "/health/ready", """
                        GET /health/ready leads to no stream.
                        answer         404: streams live below /v1/stream/."""),
                argumentSet("no path", "GET", "http://localhost:4437", """
                        GET / leads to no stream.
                        answer         404: streams live below /v1/stream/."""),
                argumentSet("subscriptions", "GET", "/v1/stream/__ds/x", """
                        GET /v1/stream/__ds/x leads to no stream.
                        answer         501: subscriptions are not built yet."""),
                argumentSet("malformed", "GET", "/v1/stream/a%2", """
                        GET /v1/stream/a%2 leads to no stream.
                        answer         400: a % is not followed by two hexadecimal digits."""));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void text(String method, String url, String text) throws Exception {
        assertThat(explain(Form.TEXT, method, url)).isEqualTo(new Printed(text, 0));
    }

    static Stream<Arguments> ends() {
        return Stream.of(
                argumentSet("shared", "PUT", "chats/1", """
                        kind           shared
                        topic          durable-streams
                        partition      8 of 16, the hash of the path
                        content type   as PUT says
                        cache          public below the tail of the stream
                        answer         PUT is possible, and makes the stream."""),
                argumentSet("dedicated", "DELETE", "jobs/1", """
                        kind           dedicated
                        topic          jobs.1
                        partition      0 of 1, the only one
                        content type   as PUT says
                        cache          public below the tail of the stream
                        answer         DELETE is possible once the stream has been made by PUT."""),
                argumentSet("record", "PUT", "raw/a", """
                        topic          a
                        partition      0
                        envelope       record: a message is a JSON object with all of a record
                        content type   application/json
                        access         read
                        cache          public: anybody may keep what is read
                        answer         PUT makes nothing: 200 where it asks for a stream like this (application/json), \
                        409 where for another; with a TTL or Stream-Closed 501."""),
                argumentSet("state", "HEAD", "customers/1", """
                        envelope       state: a message is a change of a row of type "customer"
                        content type   application/json
                        on bad record  skip
                        access         read
                        cache          private: the client alone may keep what it reads
                        answer         HEAD is possible."""));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void endsWith(String method, String path, String end) throws Exception {
        assertThat(explain(Form.TEXT, method, "/v1/stream/" + path).text()).endsWith("\n" + end);
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                argumentSet(
                        "no append",
                        "POST",
                        "orders/7",
                        "405: the rule's access is read; allowed are GET, HEAD, PUT, OPTIONS."),
                argumentSet(
                        "no delete",
                        "DELETE",
                        "inbox/7",
                        "405: the topic belongs to somebody else; allowed are GET, HEAD, PUT, POST, OPTIONS."),
                argumentSet(
                        "no method of streams",
                        "PATCH",
                        "chats/7",
                        "405: PATCH is no method of streams; allowed are GET, HEAD, PUT, POST, DELETE, OPTIONS."),
                argumentSet("options", "OPTIONS", "orders/7", "OPTIONS is possible."),
                argumentSet("another name", "GET", "orders/07", "404: \"07\" is no partition's number."),
                argumentSet("no key", "GET", "inbox/me", "404: \"me\" is no key of the format long."),
                argumentSet(
                        "denied topic",
                        "GET",
                        "raw/salaries",
                        "403: the topic salaries is among those that are never shown."),
                argumentSet("our topic", "GET", "raw/jobs.7", "403: the topic jobs.7 is Millrace's own."),
                argumentSet(
                        "Kafka's topic",
                        "GET",
                        "raw/__consumer_offsets",
                        "400: the path maps to the topic __consumer_offsets: topics whose names begin with '__' are"
                                + " Kafka's own."));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answer(String method, String path, String answer) throws Exception {
        assertThat(explain(Form.TEXT, method, "/v1/stream/" + path).text()).endsWith("\nanswer         " + answer);
    }

    @Test
    void json() throws Exception {
        assertThat(explain(Form.JSON, "GET", "/v1/stream/inbox/258"))
                .isEqualTo(new Printed(
                        "{\"method\":\"GET\",\"url\":\"/v1/stream/inbox/258\",\"path\":\"inbox/258\",\"misses\":["
                                + "{\"rule\":\"mapping 1 (path \\\"internal/**\\\")\","
                                + "\"why\":\"\\\"inbox\\\" does not fit \\\"internal\\\"\"},"
                                + "{\"rule\":\"mapping 2 (path \\\"orders/{p}\\\")\","
                                + "\"why\":\"\\\"inbox\\\" does not fit \\\"orders\\\"\"}],"
                                + "\"rule\":\"mapping 3 (path \\\"inbox/{user}\\\")\",\"variables\":{\"user\":\"258\"},"
                                + "\"kind\":\"existing\",\"topic\":\"inbox\",\"key\":\"258\",\"keyFormat\":\"long\","
                                + "\"keyBytes\":\"0000000000000102\",\"partitioner\":\"crc32\",\"envelope\":\"value\","
                                + "\"contentType\":\"application/json\",\"onBadRecord\":\"error\",\"access\":\"append\","
                                + "\"headers\":{\"source\":\"web\"},\"cache\":\"none\",\"possible\":true,"
                                + "\"answer\":\"GET is possible.\"}",
                        0));
        assertThat(explain(Form.JSON, "DELETE", "/v1/stream/orders/7").text())
                .endsWith(
                        "\"possible\":false,\"status\":405,\"allow\":[\"GET\",\"HEAD\",\"PUT\",\"OPTIONS\"],"
                                + "\"answer\":\"405: the topic belongs to somebody else; allowed are GET, HEAD, PUT, OPTIONS.\"}");
    }

    @Test
    void withoutAConfigurationThereIsNothingToExplain() throws Exception {
        assertThat(ExplainCommand.run(
                        Rules.of(folder, "mappings: []"), Scope.CONFIGURATION, Form.TEXT, "GET", "/v1/stream/a"))
                .isEqualTo(new Printed(
                        "error: mappings is empty, so that no stream could exist: add a mapping or remove the key\n"
                                + "1 error, no warnings.",
                        1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/stream/a?b=c", "http://h", "https://h:1/p", "http://[::1]:4437/v1/stream/a"})
    void isAUrl(String text) {
        assertThat(ExplainCommand.isUrl(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a/b", "ftp://h/p", "localhost:4437/v1/stream/a"})
    void isNoUrl(String text) {
        assertThat(ExplainCommand.isUrl(text)).isFalse();
    }

    private Printed explain(Form form, String method, String url) throws InterruptedException {
        return ExplainCommand.run(Rules.of(folder, RULES), Scope.CONFIGURATION, form, method, url);
    }
}
