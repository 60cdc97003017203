package io.millrace.it;

import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream of small records far apart in its partition, which memory does not hold and a slow Kafka brings one by one. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ScatteredStreamTest {

    private static final int RECORDS = 200;

    /** So far apart that one fetch does not bring two of them. */
    private static final int NOISE = 2_500;

    @Test
    void readGetsWhatCouldBeFoundInAMoment() throws Exception {
        try (ProxiedBroker kafka = ProxiedBroker.start();
                GatewayProcess gateway = GatewayProcess.named("forgetting")
                        .set("MILLRACE_KAFKA_BOOTSTRAP_SERVERS", kafka.proxiedBootstrapServers())
                        .sharing("scattered", 1)
                        .set("MILLRACE_STREAMS_TAIL_BYTES", "1KiB")
                        .start()) {
            StreamClient client = gateway.client();
            NativeKafka noise = new NativeKafka(kafka.broker());
            client.create("/stream", TEXT).expect(201);
            for (int i = 0; i < RECORDS; i++) {
                client.append("/stream", TEXT, i + ";").expect(204);
                noise.produceNoise("scattered", 0, NOISE);
            }
            String whole = IntStream.range(0, RECORDS).mapToObj(i -> i + ";").collect(Collectors.joining());
            assertThat(client.head("/stream").expect(200).status()).isEqualTo(200);
            kafka.proxy().slowDownAnswers(Duration.ofMillis(100));
            Answer first = client.get("/stream").expect(200);
            assertThat(first.text()).isNotEmpty().isNotEqualTo(whole);
            assertThat(whole).startsWith(first.text());
            assertThat(first.isUpToDate()).isFalse();
            Answer second = client.get("/stream?offset=" + first.next()).expect(200);
            assertThat(whole).startsWith(first.text() + second.text());
            kafka.proxy().slowDownAnswers(Duration.ZERO);
            assertThat(new String(client.readAll("/stream", "-1"), UTF_8)).isEqualTo(whole);
        }
    }
}
