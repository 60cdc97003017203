package io.millrace.gateway.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Every scalar key of the configuration: the one list that the records, the checks and the README's table come from. */
public enum Key {
    SERVER_HOST("server.host", "127.0.0.1", Unit.TEXT, "Address to listen on; `0.0.0.0` for all."),
    SERVER_PORT("server.port", "4437", Unit.PORT, "Port to listen on; 0 for any that is free."),
    SERVER_ACCESS_LOG("server.access-log", "false", Unit.SWITCH, "One log line per request; never payloads."),
    SERVER_DRAIN_TIME(
            "server.drain-time",
            "5s",
            Unit.DURATION,
            "How long after SIGTERM, unless nobody is connected, requests are still served and live readers are sent away"
                    + " one by one, while balancers see that it is not ready."),
    SERVER_DRAIN_TIMEOUT(
            "server.drain-timeout",
            "10s",
            Unit.DURATION,
            "How long requests that are still in flight then may take to end."),
    SERVER_MAX_CONNECTIONS(
            "server.max-connections", "10000", Unit.COUNT, "Connections served at a time; further ones get 503."),
    SERVER_REQUEST_TIMEOUT(
            "server.request-timeout",
            "30s",
            Unit.DURATION,
            "How long a client may take for the head of its connection's first request, and be silent in a body (408);"
                    + " a whole body may take 10 times as long."),
    SERVER_IDLE_TIMEOUT(
            "server.idle-timeout",
            "90s",
            Unit.DURATION,
            "How long after an answer a connection may take for the head of its next request."),
    SERVER_WRITE_TIMEOUT(
            "server.write-timeout",
            "30s",
            Unit.DURATION,
            "How long a client may take for the next 64 KiB of an answer before it is cut off."),
    SERVER_TLS_CERTIFICATE(
            "server.tls.certificate",
            "",
            Unit.FILE,
            "PEM file with the certificate and its chain; with it the port speaks HTTPS only, HTTP/1.1 and HTTP/2."),
    SERVER_TLS_KEY("server.tls.key", "", Unit.FILE, "PEM file with the certificate's private key, not encrypted."),
    ADMIN_HOST("admin.host", "127.0.0.1", Unit.TEXT, "Address of the admin port; `0.0.0.0` for all."),
    ADMIN_PORT(
            "admin.port",
            "",
            Unit.PORT,
            "Port for operators: health, metrics, reload of the rules, state of partitions; 0 for any that is free. Empty:"
                    + " none."),
    KAFKA_BOOTSTRAP_SERVERS(
            "kafka.bootstrap-servers",
            "",
            Unit.TEXT,
            "Kafka brokers as `host:port`, comma-separated. Empty: start the embedded broker."),
    KAFKA_MAX_LOADS(
            "kafka.max-loads",
            "4",
            Unit.COUNT,
            "Partitions that are loaded at a time. Others wait for 15 s, then their requests get 503."),
    KAFKA_MAX_READERS(
            "kafka.max-readers",
            "8",
            Unit.COUNT,
            "Kafka consumers for loads and for reads that memory does not hold, half of them for one partition. Other"
                    + " reads wait for 5 s, then they get 503."),
    KAFKA_MAX_LOOKUPS(
            "kafka.max-lookups",
            "16",
            Unit.COUNT,
            "Unknown topics that are looked up at a time. Others wait for 1 s, then their requests get 503."),
    KAFKA_DENIED_TOPICS(
            "kafka.denied-topics",
            "",
            Unit.TEXT,
            "Topics that no rule of kind `existing` or `dedicated` leads to, comma-separated; each may end with `*` for any"
                    + " ending. Kafka's own (`__*`) never are led to, nor, as existing ones, Millrace's."),
    EMBEDDED_DATA_DIR("embedded.data-dir", "./data", Unit.DIRECTORY, "Where the embedded broker keeps its data."),
    EMBEDDED_PORT("embedded.port", "9092", Unit.PORT, "Port of the embedded broker, on loopback."),
    STREAMS_PREFIX("streams.prefix", "/v1/stream", Unit.TEXT, "URL path below which streams live."),
    STREAMS_LONG_POLL_TIMEOUT(
            "streams.long-poll-timeout",
            "20s",
            Unit.DURATION,
            "How long a long-poll waits for data; up to a tenth less, so that not all clients come back at once."),
    STREAMS_SSE_LIFETIME(
            "streams.sse-lifetime",
            "60s",
            Unit.DURATION,
            "After about this time an SSE response ends and its reader reconnects."),
    STREAMS_KEEP_ALIVE(
            "streams.keep-alive", "15s", Unit.DURATION, "How long an SSE response may be silent before a comment."),
    STREAMS_APPEND_TIMEOUT(
            "streams.append-timeout", "30s", Unit.DURATION, "How long a write may be undecided before it gets 504."),
    STREAMS_MAX_LIVE_READERS(
            "streams.max-live-readers",
            "8000",
            Unit.COUNT,
            "Long-polls and SSE responses at a time; further ones get 503. Fewer than connections, so that writers get"
                    + " through."),
    STREAMS_MAX_WAITING(
            "streams.max-waiting",
            "20000",
            Unit.COUNT,
            "Requests that wait for Kafka at a time, a quarter of them for one partition, for loads, or for lookups;"
                    + " further ones get 503."),
    STREAMS_CHUNK_BYTES("streams.chunk-bytes", "1MiB", Unit.SIZE, "About how much one read serves at most."),
    STREAMS_APPEND_LIMIT("streams.append-limit", "8MiB", Unit.SIZE, "Largest body of a PUT or POST; above it 413."),
    STREAMS_TAIL_BYTES(
            "streams.tail-bytes",
            "64MiB",
            Unit.SIZE,
            "Memory for the most recent records of all streams together, in both forms, plain and SSE."),
    STREAMS_STATE_BYTES(
            "streams.state-bytes",
            "256MiB",
            Unit.SIZE,
            "Memory for what is known of all streams of the partitions in use: some 350 bytes for a small stream, and 2 to 4"
                    + " for each record. Above it partitions that nobody uses are unloaded, those used longest ago first;"
                    + " where that is not enough, loads and creations get 503."),
    STREAMS_IDLE_UNLOAD(
            "streams.idle-unload",
            "10m",
            Unit.DURATION,
            "How long a partition that nobody asks for stays in memory. The next request loads it again."),
    STREAMS_IN_FLIGHT_BYTES(
            "streams.in-flight-bytes",
            "64MiB",
            Unit.SIZE,
            "Bytes on their way to Kafka at a time, a quarter of them to one partition; further writes get 503."),
    STREAMS_UPLOAD_BYTES(
            "streams.upload-bytes",
            "64MiB",
            Unit.SIZE,
            "Memory for bodies that clients are sending; further writes get 503."),
    STREAMS_COMPACTION_LAG(
            "streams.compaction-lag",
            "1h",
            Unit.DURATION,
            "How long records of a shared topic are safe from its cleaner."),
    STREAMS_CHECKPOINT_RECORDS(
            "streams.checkpoint-records",
            "50000",
            Unit.COUNT,
            "After so many records, and up to half as many more, a partition of a shared topic gets a checkpoint: what a"
                    + " gateway that starts has to read at most."),
    STREAMS_THINNING_RECORDS(
            "streams.thinning-records",
            "100000",
            Unit.COUNT,
            "So many records of deleted streams, and of other things past, make a partition of a shared topic give their"
                    + " space back."),
    MAPPINGS_FROM(
            "mappings-from",
            "",
            Unit.DIRECTORY,
            "Folder with more rules: of each file `*.yaml`, in order of their names, the list `mappings`. They come before"
                    + " `mappings`.");

    private final String path;
    private final String standard;
    private final Unit unit;
    private final String description;

    Key(String path, String standard, Unit unit, String description) {
        this.path = path;
        this.standard = standard;
        this.unit = unit;
        this.description = description;
    }

    /** As it is written in the file, and as a system property. */
    public String path() {
        return path;
    }

    /** What holds where nothing is written, in the form in which it would be; empty for "not set". */
    public String standard() {
        return standard;
    }

    Unit unit() {
        return unit;
    }

    /** The environment variable that sets it. */
    public String variable() {
        return variable(path);
    }

    /** The environment variable that sets the key at {@code path}. */
    static String variable(String path) {
        return "MILLRACE_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The key with this path. */
    static Optional<Key> at(String path) {
        return Arrays.stream(values()).filter(key -> key.path.equals(path)).findFirst();
    }

    /** The key that this environment variable sets. */
    static Optional<Key> of(String variable) {
        return Arrays.stream(values())
                .filter(key -> key.variable().equals(variable))
                .findFirst();
    }

    /** The table of all keys for the README, in Markdown. */
    public static String markdownTable() {
        StringBuilder table = new StringBuilder("| Key | Environment variable | Default | Value | Meaning |\n");
        table.append("|---|---|---|---|---|\n");
        for (Key key : values()) {
            row(table, key.path, key.variable(), key.standard, key.unit.meaning(), key.description);
        }
        row(
                table,
                Values.CLIENT + ".*",
                variable(Values.CLIENT) + "_*",
                "",
                "text",
                "Handed to every Kafka client: `security.protocol`, `sasl.*`, `ssl.*`, ...");
        row(table, Values.MAPPINGS, "", "`**` to one shared topic", "list", "Which streams live in which topics.");
        return table.toString();
    }

    private static void row(
            StringBuilder table, String path, String variable, String standard, String value, String meaning) {
        table.append("| `").append(path).append("` | ");
        table.append(variable.isEmpty() ? "" : "`" + variable + "`").append(" | ");
        table.append(standard.isEmpty() || standard.startsWith("`") ? standard : "`" + standard + "`")
                .append(" | ");
        table.append(value).append(" | ").append(meaning).append(" |\n");
    }
}
