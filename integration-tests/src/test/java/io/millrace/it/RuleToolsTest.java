package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.it.Build.Distribution;
import io.millrace.mapping.stream.StreamPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code millrace check} and {@code millrace explain} as an operator calls them, and as the README shows them. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RuleToolsTest {

    private static final Duration END = Duration.ofSeconds(30);
    private static final Pattern RULES = Pattern.compile("<!-- rules -->\\s*```yaml\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern OUTPUT = Pattern.compile(
            "<!-- output -->\\s*```\\n\\$ gateway/bin/millrace ([^\\n]*)\\n(.*?)\\n?```", Pattern.DOTALL);

    private static Path directory;

    @BeforeAll
    static void makeTopics() throws Exception {
        assumeTrue(Distribution.SLIM.isBuilt(), "distributions are made in the phase package: run ./mvnw verify");
        directory = Files.createTempDirectory(Build.target("tools"), "rules");
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        kafka.createTopic("shop.orders", 3, Map.of());
        kafka.createTopic("shop.customers", 12, Map.of("cleanup.policy", "compact"));
        Matcher rules = RULES.matcher(Files.readString(Build.root().resolve("README.md")));
        assertThat(rules.find()).isTrue();
        Files.writeString(directory.resolve("rules.yaml"), rules.group(1));
    }

    @Test
    void theReadmeShowsWhatTheyPrint() throws Exception {
        Matcher output = OUTPUT.matcher(Files.readString(Build.root().resolve("README.md")));
        int commands = 0;
        while (output.find()) {
            ChildProcess command = run(List.of(output.group(1).split(" ")));
            command.awaitExit(END);
            assertThat(command.output().strip()).as(output.group(1)).isEqualTo(output.group(2));
            commands++;
        }
        assertThat(commands).isEqualTo(4);
    }

    @Test
    void exitCodesAreForPrograms() throws Exception {
        assertThat(exit("check", "--config", "rules.yaml")).isZero();
        assertThat(exit("check", "--config", "rules.yaml", "--kafka")).isEqualTo(1);
        assertThat(exit("check", "--config", "nowhere.yaml")).isEqualTo(1);
        assertThat(exit("check", "rules.yaml")).isEqualTo(2);
        assertThat(exit("explain", "--config", "rules.yaml", "DELETE", "/v1/stream/orders/0"))
                .isZero();
        assertThat(exit("explain", "--config", "nowhere.yaml", "GET", "/v1/stream/orders/0"))
                .isEqualTo(1);
        assertThat(exit("explain", "--config", "rules.yaml", "GET")).isEqualTo(2);
    }

    /** The partition is the one that Kafka's own producer chooses. */
    @Test
    void explainsThePartitionThatKafkaChooses() throws Exception {
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        kafka.createTopic("shop.baskets", 12, Map.of());
        Files.writeString(directory.resolve("baskets.yaml"), """
                mappings:
                  - path: "baskets/{id}"
                    kind: existing
                    topic: shop.baskets
                    key: "{id}"
                """);
        kafka.produce(Stream.of("a", "b-7", "caf\u00e9")
                .map(key -> new ProducerRecord<>("shop.baskets", key.getBytes(UTF_8), new byte[0]))
                .toList());
        int found = 0;
        for (int partition = 0; partition < 12; partition++) {
            for (var read : kafka.consumeBytes("shop.baskets", partition)) {
                found++;
                StreamPath path = StreamPath.of("baskets/" + new String(read.key(), UTF_8));
                ChildProcess explain = run(List.of(
                        "explain", "--config", "baskets.yaml", "--kafka", "GET", "/v1/stream/" + path.urlEncoded()));
                assertThat(explain.awaitExit(END)).isZero();
                assertThat(explain.output()).contains("partition      " + partition + " of 12, murmur2 of the key");
            }
        }
        assertThat(found).isEqualTo(3);
    }

    private static int exit(String... arguments) throws Exception {
        return run(List.of(arguments)).awaitExit(END);
    }

    private static ChildProcess run(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Build.root().resolve("gateway/bin/millrace").toString());
        command.addAll(arguments);
        return ChildProcess.start(
                "tool",
                command,
                directory,
                Map.of(
                        "MILLRACE_SLIM",
                        "1",
                        "MILLRACE_KAFKA_BOOTSTRAP_SERVERS",
                        TestKafka.shared().bootstrapServers()));
    }
}
