package io.millrace.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.record.Sent;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.MediaType;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How long a gateway takes from the start of its JVM until it serves an old stream of a long log, with a checkpoint and
 * without; {@code -Dstart.records} for how long a log. Figures are printed and not judged: speed is no test's matter.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StartTest {

    private static final int RECORDS = Integer.getInteger("start.records", 100_000);
    private static final int STREAMS = 1_000;
    private static final int SLICE = 50_000;
    private static final int NEVER = 999_999_999;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "long-log";
    private static final String OLD = "/stream/0";
    private static final StreamConfiguration LASTING =
            new StreamConfiguration(new MediaType("text/plain"), new Expiry.Never());

    @Test
    void aLongLogIsServedSoonAfterTheStart() throws Exception {
        try (ChildBroker broker = ChildBroker.start()) {
            try (GatewayProcess first = gateway(broker, 0, NEVER)) {
                first.client().put("/first", "text/plain", "x").expect(201);
            }
            fill(new NativeKafka(broker));
            Served whole = serve(broker, NEVER);
            checkpoint(broker);
            Served checkpointed = serve(broker, NEVER);
            System.out.printf(
                    "start with %,d records in one partition: without a checkpoint ready after %d ms and an old stream's"
                            + " first byte after %d ms; with one %d ms and %d ms%n",
                    RECORDS, whole.ready(), whole.firstByte(), checkpointed.ready(), checkpointed.firstByte());
            assertThat(checkpointed.text()).isEqualTo(whole.text()).isNotEmpty();
        }
    }

    /** Milliseconds since the JVM was started, and what was served. */
    private record Served(long ready, long firstByte, String text) {}

    private static Served serve(ChildBroker broker, int checkpointRecords) throws Exception {
        long started = System.nanoTime();
        try (GatewayProcess gateway = gateway(broker, 0, checkpointRecords)) {
            long ready = System.nanoTime();
            gateway.client().get(OLD + "?offset=-1").expect(200);
            long firstByte = System.nanoTime();
            return new Served(
                    TimeUnit.NANOSECONDS.toMillis(ready - started),
                    TimeUnit.NANOSECONDS.toMillis(firstByte - started),
                    new String(gateway.client().readAll(OLD, "-1"), US_ASCII));
        }
    }

    private static void checkpoint(ChildBroker broker) throws Exception {
        int port = Ports.free();
        StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + port));
        try (GatewayProcess gateway = gateway(broker, port, RECORDS / 2)) {
            assertThat(gateway.readiness()).isEqualTo(200);
            Await.until("there is a checkpoint", PATIENCE, () -> new ObjectMapper()
                    .readTree(admin.get("/state/" + TOPIC + "/0").expect(200).text())
                    .has("checkpoint"));
        }
    }

    private static GatewayProcess gateway(ChildBroker broker, int adminPort, int checkpointRecords) throws Exception {
        return GatewayProcess.named("start")
                .on(broker)
                .sharing(TOPIC, 1)
                .set("MILLRACE_ADMIN_PORT", Integer.toString(adminPort))
                .set("MILLRACE_STREAMS_CHECKPOINT_RECORDS", Integer.toString(checkpointRecords))
                .start();
    }

    /** The records that so many appends would have left. */
    private static void fill(NativeKafka kafka) throws Exception {
        List<ProducerRecord<byte[], byte[]>> slice = new ArrayList<>();
        Payload payload = Payload.of("x".repeat(100).getBytes(US_ASCII));
        for (int i = 1; i <= RECORDS; i++) {
            int stream = i % STREAMS;
            OperationId id = new OperationId("loader", i);
            int create = stream == 0 ? STREAMS : stream;
            Operation operation = i <= STREAMS
                    ? new Operation.Create(LASTING, Payload.NONE, false)
                    : new Operation.Append(
                            Incarnation.of(new OperationId("loader", create).text()),
                            payload,
                            Optional.empty(),
                            Optional.empty(),
                            false);
            slice.add(NativeKafka.record(
                    TOPIC, 0, new Sent(StreamPath.of("stream/" + stream), id, System.currentTimeMillis(), operation)));
            if (slice.size() == SLICE || i == RECORDS) {
                kafka.produce(slice);
                slice.clear();
            }
        }
    }
}
