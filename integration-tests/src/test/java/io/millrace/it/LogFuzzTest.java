package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.mapping.record.Decoded;
import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.RecordCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Records of gateways, mutated and written again by a native client beside streams in use: nothing acknowledged is lost,
 * and all gateways agree on what every stream holds. {@code -Dfuzz.rounds=500} fuzzes for longer, {@code -Dfuzz.seed=}
 * repeats a run.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class LogFuzzTest {

    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 12);
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int RECORDS = 250;
    private static final int MOST_MUTATIONS = 4;
    private static final int PARTITIONS = 2;
    private static final String NONE = "none";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final NativeKafka KAFKA = new NativeKafka(TestKafka.shared());

    private final String shared = Names.unique("it-log-fuzz");
    private final String ownTopic = Names.unique("victim");
    private final String besideTopic = Names.unique("beside");
    private final List<String> victims = new ArrayList<>();
    private GatewayProcess one;
    private GatewayProcess other;

    @BeforeEach
    void start() throws Exception {
        one = gateway("one");
        other = gateway("other");
        for (int i = 0; i < 4; i++) {
            victims.add("/" + Names.unique("victim"));
        }
        victims.add("/topics/" + ownTopic);
    }

    @AfterEach
    void end() throws Exception {
        one.close();
        other.close();
    }

    @Test
    void mutatedRecordsDoNoHarm() throws Exception {
        System.out.printf("log fuzz: seed %d, %d rounds%n", SEED, ROUNDS);
        String ownedBeside = "/topics/" + besideTopic;
        List<PipelinedProducer> producers = new ArrayList<>();
        for (String path : List.of("/" + Names.unique("beside"), "/" + Names.unique("beside"), ownedBeside)) {
            one.client().create(path, TEXT).expect(201);
            producers.add(new PipelinedProducer("beside", path, turn -> (turn % 2 == 0 ? one : other).client()));
        }
        List<Concurrently.Action> actions = new ArrayList<>();
        producers.forEach(producer -> actions.add(() -> producer.produce(0, Integer.MAX_VALUE)));
        actions.add(() -> {
            try {
                fuzz();
            } finally {
                producers.forEach(PipelinedProducer::stop);
            }
        });
        Concurrently.all(actions);

        try (GatewayProcess fresh = gateway("fresh")) {
            for (GatewayProcess gateway : List.of(one, other, fresh)) {
                for (PipelinedProducer producer : producers) {
                    assertThat(producer.acknowledged()).isNotEmpty();
                    String text = new String(gateway.client().readAll(producer.path(), "-1"), UTF_8);
                    assertThat(messages(producer.id(), text))
                            .as("seed %d, %s in %s", SEED, producer.path(), gateway)
                            .isEqualTo(List.copyOf(producer.acknowledged().keySet()));
                }
                assertThat(gateway.readiness()).isEqualTo(200);
                assertThat(gateway.process().output()).as("seed " + SEED).doesNotContain(" ERROR ");
            }
            for (String victim : victims) {
                agree(victim, fresh, one, other);
                if (victim.endsWith(ownTopic)) {
                    continue; // a mutated path may own the topic by now
                }
                one.client().delete(victim);
                other.client().create(victim, TEXT).expect(201);
                fresh.client().append(victim, TEXT, "as new").expect(204);
                assertThat(one.client().get(victim).expect(200).text()).isEqualTo("as new");
            }
        }
    }

    private void fuzz() throws Exception {
        Random random = new Random(SEED);
        long counter = 0;
        int standing = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (String victim : victims) {
                live(victim, random);
            }
            List<ProducerRecord<byte[], byte[]>> valid = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                valid.addAll(recordsOfVictims(shared, partition));
            }
            valid.addAll(recordsOfVictims("it." + ownTopic, 0));
            List<ProducerRecord<byte[], byte[]>> mutated = new ArrayList<>();
            NativeRecordMutator mutator = new NativeRecordMutator(random);
            while (mutated.size() < RECORDS) {
                ProducerRecord<byte[], byte[]> record = valid.get(random.nextInt(valid.size()));
                record = anew(record, "fuzz" + round + "." + ++counter);
                for (int i = random.nextInt(MOST_MUTATIONS + 1); i > 0; i--) {
                    record = mutator.mutate(record);
                }
                if (random.nextInt(6) == 0) {
                    record = inTopic(record, "it." + besideTopic, 0);
                }
                boolean compacted = record.topic().equals(shared);
                if (!isBeyond(record) && !(compacted && record.key() == null)) {
                    mutated.add(record);
                }
            }
            KAFKA.produce(mutated);
            for (String victim : victims) {
                standing += agree(victim, one, other).equals(NONE) ? 0 : 1;
            }
        }
        System.out.printf("log fuzz: %d mutated records, %d times a stream that stood%n", counter, standing);
        assertThat(standing).as("seed " + SEED).isPositive();
    }

    /** What all of them see of a stream; its time may end between two looks. */
    private static String agree(String path, GatewayProcess first, GatewayProcess... others) throws Exception {
        String[] agreed = new String[1];
        Await.until("seed %d: what is seen of %s is the same".formatted(SEED, path), PATIENCE, () -> {
            String seen = seen(first, path);
            agreed[0] = seen;
            for (GatewayProcess other : others) {
                if (!seen(other, path).equals(seen)) {
                    return false;
                }
            }
            return true;
        });
        return agreed[0];
    }

    /** Gives a victim a life with records of every kind, if it has none. */
    private void live(String victim, Random random) throws Exception {
        StreamClient client = (random.nextBoolean() ? one : other).client();
        if (random.nextInt(4) == 0) {
            client.delete(victim);
        }
        String type = random.nextInt(3) == 0 ? TEXT : JSON;
        client.create(victim, type, "Stream-TTL", "86400");
        client.append(victim, type, "[1,{\"two\":2},[3]]");
        client.append(victim, type, "4", "Producer-Id", "v", "Producer-Epoch", "0", "Producer-Seq", "0");
        client.append(victim, type, "5", "Stream-Seq", "a" + random.nextInt(1_000));
        if (random.nextInt(6) == 0) {
            client.close(victim);
        }
    }

    private List<ProducerRecord<byte[], byte[]>> recordsOfVictims(String topic, int partition) {
        List<ProducerRecord<byte[], byte[]>> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> read : KAFKA.consumeBytes(topic, partition)) {
            boolean gatewaysOwn = read.key() != null
                    && read.value() != null
                    && victims.stream().anyMatch(victim -> text(read.key()).startsWith(victim.substring(1) + "|"))
                    && !text(read.key()).contains("|fuzz");
            if (gatewaysOwn) {
                found.add(new ProducerRecord<>(topic, partition, read.key(), read.value(), read.headers()));
            }
        }
        return found;
    }

    /** The same operation, by another gateway. */
    private static ProducerRecord<byte[], byte[]> anew(ProducerRecord<byte[], byte[]> record, String id) {
        String key = text(record.key());
        return new ProducerRecord<>(
                record.topic(),
                record.partition(),
                (key.substring(0, key.lastIndexOf('|') + 1) + id).getBytes(UTF_8),
                record.value(),
                record.headers());
    }

    private static ProducerRecord<byte[], byte[]> inTopic(
            ProducerRecord<byte[], byte[]> record, String topic, int partition) {
        return new ProducerRecord<>(topic, partition, record.key(), record.value(), record.headers());
    }

    /** Whether the record would put its partition out of service, as it should. */
    private static boolean isBeyond(ProducerRecord<byte[], byte[]> record) {
        List<LogRecord.Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new LogRecord.Header(header.key(), header.value()));
        }
        return RecordCodec.decode(new LogRecord(0, 0, record.key(), headers, record.value())) instanceof Decoded.Beyond;
    }

    /** All that a client can learn of a stream. */
    private static String seen(GatewayProcess gateway, String path) throws Exception {
        StreamClient client = gateway.client();
        Answer head = client.head(path);
        if (head.status() == 404) {
            return NONE;
        }
        StringBuilder seen = new StringBuilder();
        seen.append(head.expect(200).header("Content-Type")).append(head.header("Stream-TTL"));
        seen.append(head.header("Stream-Closed")).append(head.next()).append(' ');
        seen.append(Arrays.hashCode(client.readAll(path, "-1")));
        try (SseReader events = client.sse(path + "?live=sse&offset=-1")) {
            seen.append(events.next().filter(SseReader.Event::isData)); // a control event has a cursor
        }
        return seen.toString();
    }

    private static List<Integer> messages(String id, String text) {
        return Pattern.compile(Pattern.quote(id) + ":(\\d+)\n")
                .matcher(text)
                .results()
                .map(message -> Integer.valueOf(message.group(1)))
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private GatewayProcess gateway(String role) throws Exception {
        return GatewayProcess.named("log-fuzz-" + role)
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS
                        .replace("it-shared", shared)
                        .replace("partitions: 8", "partitions: " + PARTITIONS))
                .start();
    }
}
