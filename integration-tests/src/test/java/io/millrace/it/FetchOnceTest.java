package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.BrokerTraffic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What readers of topics of others cost Kafka, by the broker's own count: one fetch for all, and none for nobody. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FetchOnceTest {

    /** A partition is followed for half a minute after its last reader has left. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int READERS = 20;
    private static final int RECORDS = 50;
    private static final int RECORD_BYTES = 4_000;

    private static final String MAPPINGS = """
            mappings:
              - path: "values/{topic}"
                kind: existing
                topic: "{topic}"
                partition: 0
                content-type: text/plain
            """;

    private static ChildBroker broker;
    private static GatewayProcess gateway;
    private static StreamClient client;

    private static NativeKafka kafka;

    private final Random random = new Random(1);
    private final String topic = Names.unique("read");
    private final String unread = Names.unique("unread");

    @BeforeAll
    static void start() throws Exception {
        broker = ChildBroker.start();
        kafka = new NativeKafka(broker);
        gateway =
                GatewayProcess.named("fetch-once").on(broker).mappings(MAPPINGS).start();
        client = gateway.client();
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        broker.close();
    }

    @Test
    void aPartitionIsFetchedOnceForAllItsReadersAndNotAtAllForNobody() throws Exception {
        for (String one : List.of(topic, unread)) {
            kafka.createTopic(one, 1, Map.of());
            client.head("/values/" + one).expect(200); // so that the gateway knows it
        }
        List<SseReader> readers = new ArrayList<>();
        try {
            for (int i = 0; i < READERS; i++) {
                readers.add(client.sse("/values/" + topic + "?offset=now&live=sse"));
            }
            for (SseReader reader : readers) {
                assertThat(reader.next().orElseThrow().name()).isEqualTo("control");
            }
            long before = bytesOut(topic);
            List<String> values = produce(topic);
            produce(unread);
            for (SseReader reader : readers) {
                StringBuilder read = new StringBuilder();
                for (int i = 0; i < RECORDS; i++) {
                    read.append(reader.nextData().data());
                }
                assertThat(read.toString()).isEqualTo(String.join("", values));
            }
            assertThat(bytesOut(topic) - before)
                    .as("for %d readers", READERS)
                    .isBetween((long) RECORDS * RECORD_BYTES, 2L * RECORDS * RECORD_BYTES);
            assertThat(bytesOut(unread)).isZero();
        } finally {
            for (SseReader reader : readers) {
                reader.close();
            }
        }
        Await.until("nobody fetches it", PATIENCE, () -> {
            long before = bytesOut(topic);
            produce(topic);
            Thread.sleep(500);
            return bytesOut(topic) == before;
        });
        assertThat(bytesOut(unread)).isZero();
    }

    /** Texts that no compression makes smaller. */
    private List<String> produce(String to) throws Exception {
        List<String> values = new ArrayList<>();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            StringBuilder value = new StringBuilder();
            random.ints(RECORD_BYTES, 'a', 'z' + 1).forEach(value::appendCodePoint);
            values.add(value.toString());
            records.add(new ProducerRecord<>(to, 0, null, value.toString().getBytes(UTF_8)));
        }
        kafka.produce(records);
        return values;
    }

    private static long bytesOut(String of) throws IOException {
        return BrokerTraffic.bytesOut(broker.process().handle(), of);
    }
}
