package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many small streams, each of one append, on one gateway: a million with {@code -Plong}, else fewer. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ManyStreamsTest {

    private static final int STREAMS = Integer.getInteger("many.streams", 20_000);
    private static final int PARTITIONS = 16;
    private static final int READS = 200;
    private static final int APPENDS = 500;
    private static final int ROUNDS = 2;

    /** What one stream may take, and what all of them may take beside that. */
    private static final long EACH = 420;

    private static final String TEXT = "x".repeat(100);

    /** A gateway's heap without streams, with what a load throws away. */
    private static final int HEAP_MIB = 256;

    /** What else may be alive in it: consumers, connections, classes' constants. */
    private static final long SLACK = 24 * 1024 * 1024;

    private final String topic = Names.unique("it-many");
    private final int adminPort = Ports.free();
    private final StreamClient admin = new StreamClient(URI.create("http://127.0.0.1:" + adminPort));
    private final Random random = new Random(5);

    @Test
    void takeFewBytesEachAndNoMoreThanTheBudget() throws Exception {
        long stateBytes;
        try (GatewayProcess gateway = gateway("all", "1GiB", HEAP_MIB + (int) ((STREAMS * EACH) >> 20))) {
            StreamClient client = gateway.client();
            client.head("/" + path(0)).expect(404);
            Vitals before = Vitals.of(gateway.process());
            long writing = System.nanoTime();
            write();
            long loading = System.nanoTime();
            readOneOfEachPartition(client);
            long loaded = System.nanoTime();
            assertThat(metric("millrace_loaded_streams")).isEqualTo(STREAMS);
            stateBytes = metric("millrace_state_bytes");
            long residentKib = Vitals.residentKib(gateway.process());
            Vitals after = Vitals.of(gateway.process());
            readSome(client);
            double appendMillis = medianAppendMillis(client);
            System.out.printf(
                    "many streams: %d, written in %.1f s, loaded in %.1f s; %d bytes of state each by estimate, %d bytes"
                            + " of heap each with %d KiB of recent records; resident %d MiB before, %d MiB loaded;"
                            + " %.2f ms an append (median); then %s%n",
                    STREAMS,
                    (loading - writing) / 1e9,
                    (loaded - loading) / 1e9,
                    stateBytes / STREAMS,
                    (after.heapKib() - before.heapKib()) * 1024 / STREAMS,
                    metric("millrace_tail_bytes") / 1024,
                    before.residentKib() / 1024,
                    residentKib / 1024,
                    appendMillis,
                    after);
            assertThat(stateBytes / STREAMS).isLessThan(EACH);
            assertThat((after.heapKib() - before.heapKib()) * 1024 - metric("millrace_tail_bytes"))
                    .isBetween(stateBytes * 3 / 4, stateBytes * 5 / 4 + SLACK);
        }
        long limit = stateBytes / 3;
        try (GatewayProcess gateway = gateway("third", Long.toString(limit), HEAP_MIB)) {
            StreamClient client = gateway.client();
            Vitals before = Vitals.of(gateway.process());
            long most = 0;
            long started = System.nanoTime();
            for (int round = 0; round < ROUNDS; round++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    readOne(client, partition);
                    most = Math.max(most, metric("millrace_state_bytes"));
                }
            }
            long eachNanos = (System.nanoTime() - started) / (ROUNDS * PARTITIONS);
            long residentKib = Vitals.residentKib(gateway.process());
            Vitals after = Vitals.of(gateway.process());
            System.out.printf(
                    "a third of that, %d MiB, for the same streams: %d of %d partitions in memory, %d MiB of state at most;"
                            + " %d ms a read that loads its partition; resident %d MiB before, %d MiB after; then %s%n",
                    limit >> 20,
                    metric("millrace_loaded_partitions"),
                    PARTITIONS,
                    most >> 20,
                    TimeUnit.NANOSECONDS.toMillis(eachNanos),
                    before.residentKib() / 1024,
                    residentKib / 1024,
                    after);
            assertThat(most).isLessThanOrEqualTo(limit);
            assertThat(after.heapKib() * 1024).isLessThan(before.heapKib() * 1024 + limit + SLACK);
        }
    }

    private static StreamPath path(int number) {
        return StreamPath.of("users/%07d/inbox".formatted(number));
    }

    /** As a gateway would write them, several at a time. */
    private void write() throws Exception {
        Map<String, Object> configuration = new HashMap<>(Map.of(
                "bootstrap.servers", TestKafka.shared().bootstrapServers(), "batch.size", 256 * 1024, "linger.ms", 5));
        StreamConfiguration text = new StreamConfiguration(new MediaType(StreamClient.TEXT), new Expiry.Never());
        Payload payload = Payload.of(TEXT.getBytes(UTF_8));
        boolean[] led = new boolean[PARTITIONS];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(configuration, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> last = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                StreamPath path = path(i);
                OperationId id = new OperationId("manystreams", 2L * i + 1);
                Future<RecordMetadata> create =
                        send(producer, path, id, new Operation.Create(text, Payload.NONE, false));
                if (!led[path.partition(PARTITIONS)]) {
                    create.get(); // nothing is pipelined to a partition before it has answered once
                    led[path.partition(PARTITIONS)] = true;
                }
                Operation append = new Operation.Append(
                        Incarnation.of(id.text()), payload, Optional.empty(), Optional.empty(), false);
                Future<RecordMetadata> sent = send(producer, path, new OperationId("manystreams", 2L * i + 2), append);
                if (i >= STREAMS - 1_000) {
                    last.add(sent);
                }
            }
            producer.flush();
            for (Future<RecordMetadata> sent : last) {
                sent.get();
            }
        }
    }

    private Future<RecordMetadata> send(
            KafkaProducer<byte[], byte[]> producer, StreamPath path, OperationId id, Operation operation) {
        return producer.send(NativeKafka.record(
                topic, path.partition(PARTITIONS), new Sent(path, id, System.currentTimeMillis(), operation)));
    }

    private void readOneOfEachPartition(StreamClient client) throws Exception {
        Concurrently.times(PARTITIONS, partition -> () -> readOne(client, partition));
    }

    /** Waits for it where many partitions are loaded at a time. */
    private void readOne(StreamClient client, int partition) throws Exception {
        int number = random.nextInt(STREAMS);
        while (path(number).partition(PARTITIONS) != partition) {
            number = random.nextInt(STREAMS);
        }
        Answer answer = client.get("/" + path(number));
        while (answer.status() == 503 && answer.text().contains("being loaded")) {
            answer = client.get("/" + path(number));
        }
        assertThat(answer.expect(200).text()).startsWith(TEXT); // some have been appended to
    }

    private void readSome(StreamClient client) throws Exception {
        for (int i = 0; i < READS; i++) {
            String path = "/" + path(random.nextInt(STREAMS));
            assertThat(client.get(path).expect(200).text()).isEqualTo(TEXT);
        }
    }

    /** Of appends to any of the streams, one after the other. */
    private double medianAppendMillis(StreamClient client) throws Exception {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < APPENDS; i++) {
            long began = System.nanoTime();
            client.append("/" + path(random.nextInt(STREAMS)), StreamClient.TEXT, "!")
                    .expect(204);
            nanos.add(System.nanoTime() - began);
        }
        Collections.sort(nanos);
        return nanos.get(APPENDS / 2) / 1e6;
    }

    private long metric(String name) throws Exception {
        Matcher line = Pattern.compile("(?m)^" + name + " (\\S+)$")
                .matcher(admin.get("/metrics").expect(200).text());
        assertThat(line.find()).as(name).isTrue();
        return (long) Double.parseDouble(line.group(1));
    }

    private GatewayProcess gateway(String role, String stateBytes, int heapMib) throws Exception {
        return GatewayProcess.named(role)
                .on(TestKafka.shared())
                .flags(List.of("-Xmx" + heapMib + "m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"))
                .set("MILLRACE_ADMIN_PORT", Integer.toString(adminPort))
                .set("MILLRACE_KAFKA_MAX_LOADS", "2")
                .set("MILLRACE_STREAMS_STATE_BYTES", stateBytes)
                .set("MILLRACE_STREAMS_TAIL_BYTES", "1MiB")
                .sharing(topic, PARTITIONS)
                .start();
    }
}
