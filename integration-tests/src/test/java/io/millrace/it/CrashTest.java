package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** kill -9 of everything at once: the gateway with the embedded broker in it. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CrashTest {

    private static final int PRODUCERS = 16;

    @Test
    void acknowledgedMessagesSurviveKillNineExactlyOnceAndInOrder() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.embedded("crash").start()) {
            StreamClient client = gateway.client();
            List<String> paths = List.of("/one", "/two", "/three", "/four");
            for (String path : paths) {
                client.create(path, TEXT).expect(201);
            }
            List<PipelinedProducer> producers = IntStream.range(0, PRODUCERS)
                    .mapToObj(i -> new PipelinedProducer("p" + i, paths.get(i % paths.size()), _ -> client))
                    .toList();
            List<Concurrently.Action> actions = new ArrayList<>();
            producers.forEach(producer -> actions.add(() -> producer.produce(0, Integer.MAX_VALUE)));
            actions.add(() -> {
                try {
                    for (int crash = 0; crash < 2; crash++) {
                        Thread.sleep(1_500);
                        gateway.kill();
                        gateway.restart();
                    }
                    Thread.sleep(1_500);
                } finally {
                    producers.forEach(PipelinedProducer::stop);
                }
            });
            Concurrently.all(actions);
            int messages = 0;
            for (int i = 0; i < PRODUCERS; i++) {
                PipelinedProducer producer = producers.get(i);
                String text = new String(client.readAll(paths.get(i % paths.size()), "-1"), UTF_8);
                assertThat(TwoGatewaysTest.linesOf(producer.id(), text))
                        .containsExactlyElementsOf(producer.acknowledged().keySet().stream()
                                .map(seq -> producer.id() + ":" + seq)
                                .toList());
                messages += producer.acknowledged().size();
            }
            long duplicates = producers.stream()
                    .flatMap(producer -> producer.acknowledged().values().stream())
                    .filter(status -> status == 204)
                    .count();
            System.out.printf(
                    "crash: %d messages acknowledged, %d of them on a retry of what was there already%n",
                    messages, duplicates);
            assertThat(messages).isGreaterThan(PRODUCERS * 10);
        }
    }
}
