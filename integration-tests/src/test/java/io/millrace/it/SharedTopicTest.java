package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.NativeKafka.Seen;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shared stream as a native consumer sees it, and what native producers can do to it: nothing. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class SharedTopicTest {

    private static final String TOPIC = "it-shared";
    private static final int PARTITIONS = 8;

    private final StreamClient one = GatewayPair.shared().one().client();
    private final StreamClient other = GatewayPair.shared().other().client();
    private final NativeKafka kafka = new NativeKafka(TestKafka.shared());
    private final String path = "shared/" + Names.unique("gr%C3%BC%C3%9Fe");

    /** The path as it stands in Kafka. */
    private final String canonical = path.replace("%C3%BC", "ü").replace("%C3%9F", "ß");

    private final int partition = Utils.toPositive(Utils.murmur2(canonical.getBytes(UTF_8))) % PARTITIONS;

    @Test
    void nativeConsumerReadsPayloadsAsTheyWereSent() throws Exception {
        one.create("/" + path, JSON).expect(201);
        one.append("/" + path, JSON, "{\"n\": 1.0}").expect(204);
        other.append("/" + path, JSON, "[2,3]").expect(204);
        one.append("/" + path, JSON, "4", "Stream-Closed", "true").expect(204);
        List<Seen> records = records();
        assertThat(records).extracting(Seen::operation).containsExactly("create", "append", "append", "append");
        assertThat(records).extracting(Seen::value).containsExactly("", "{\"n\": 1.0}", "[2,3]", "4");
        assertThat(records)
                .extracting(Seen::key)
                .allMatch(key -> key.substring(canonical.length()).matches("\\|[A-Za-z0-9_.-]+"))
                .doesNotHaveDuplicates();
        assertThat(records.get(3).headers()).containsEntry("ds-closed", "true");
    }

    @Test
    void foreignRecordsAreIgnored() throws Exception {
        one.create("/" + path, TEXT).expect(201);
        String tail = one.append("/" + path, TEXT, "a").expect(204).next();
        kafka.produce(TOPIC, partition, canonical + "|somebody.1", "foreign");
        kafka.produce(TOPIC, partition, "any key", "foreign", "other", "header");
        kafka.produce(TOPIC, partition, canonical + "|somebody.2", "forged", "ds-v", "1", "ds-op", "append");
        kafka.produce(TOPIC, partition, canonical + "|somebody.3", "forged", "ds-v", "nonsense");
        kafka.produce(TOPIC, partition, canonical + "|somebody.1", null);
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.head("/" + path).expect(200).next()).isEqualTo(tail);
        }
        other.append("/" + path, TEXT, "b").expect(204);
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get("/" + path).expect(200).text()).isEqualTo("ab");
        }
    }

    private List<Seen> records() throws Exception {
        return kafka.consume(TOPIC, partition).stream()
                .filter(seen -> seen.key().startsWith(canonical + "|"))
                .toList();
    }
}
