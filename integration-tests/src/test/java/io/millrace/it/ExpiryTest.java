package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that end by themselves, on two gateways; most of these tests wait, so they wait together. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ExpiryTest {

    private static final int TTL_SECONDS = 3;

    /** By when a stream of that TTL that nobody touches is gone, with the throttle's extra time and some for a busy machine. */
    private static final Duration GONE = Duration.ofSeconds(TTL_SECONDS + 3);

    /** Longer than the TTL with its extra time. */
    private static final Duration LONG = Duration.ofSeconds(2 * TTL_SECONDS + 1);

    private final StreamClient one = GatewayPair.shared().one().client();
    private final StreamClient other = GatewayPair.shared().other().client();

    /** What a client does to a stream. */
    private interface Access {
        void to(StreamClient client, String path) throws Exception;
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(strings = {"/", "/topics/"})
    void readsOnOneKeepItAliveOnTheOther(String folder) throws Exception {
        keptAlive(folder, (client, path) -> client.get(path).expect(200));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void readsOfNowKeepItAlive() throws Exception {
        keptAlive("/", (client, path) -> client.get(path + "?offset=now").expect(200));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void appendsKeepItAlive() throws Exception {
        keptAlive("/", (client, path) -> client.append(path, TEXT, "x").expect(204));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void repeatedClosesKeepItAlive() throws Exception {
        keptAlive("/", (client, path) -> client.close(path).expect(204));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void anOpenLiveReaderKeepsItAlive() throws Exception {
        String path = sliding("/");
        try (SseReader reader = one.sse(path + "?offset=-1&live=sse")) {
            assertThat(reader.status()).isEqualTo(200);
            Thread.sleep(LONG.toMillis());
            other.head(path).expect(200);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(strings = {"/", "/topics/"})
    void headAndPutDoNotKeepItAlive(String folder) throws Exception {
        String path = sliding(folder);
        Await.until("it is gone although HEAD and PUT ask for it", GONE, () -> {
            Thread.sleep(200);
            if (one.head(path).status() == 404) {
                return true;
            }
            // Not a creation: that a stream which has just ended is made anew is told from its status.
            return other.create(path, TEXT, "Stream-TTL", Integer.toString(TTL_SECONDS))
                            .status()
                    == 201;
        });
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void expiredIsGoneOnBothAndCanBeMadeAgain() throws Exception {
        String path = sliding("/");
        String old = one.append(path, TEXT, "first life").expect(204).next();
        Await.until("it is gone", GONE, () -> {
            Thread.sleep(100);
            return other.head(path).status() == 404;
        });
        for (StreamClient client : List.of(one, other)) {
            client.get(path).expect(404);
            client.append(path, TEXT, "too late").expect(404);
            client.close(path).expect(404);
            client.delete(path).expect(404);
            client.get(path + "?live=long-poll&offset=" + old).expect(404);
        }
        other.put(path, JSON, "[1]").expect(201);
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(path).expect(200).text()).isEqualTo("[1]");
            assertThat(client.head(path).header("Stream-TTL")).isEmpty();
            client.get(path + "?offset=" + old).expect(410);
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @ValueSource(strings = {"/", "/topics/"})
    void absoluteExpiryComesWhateverHappens(String folder) throws Exception {
        String path = folder + Names.unique("expires-at");
        Instant at = Instant.now().plusSeconds(TTL_SECONDS).truncatedTo(ChronoUnit.SECONDS);
        one.create(path, TEXT, "Stream-Expires-At", at.toString()).expect(201);
        assertThat(other.head(path).expect(200).header("Stream-Expires-At")).contains(at.toString());
        Await.until("it is gone although it is read and written", GONE, () -> {
            Thread.sleep(200);
            one.append(path, TEXT, "x");
            return other.get(path).status() == 404;
        });
        assertThat(Instant.now()).isAfterOrEqualTo(at);
        one.get(path).expect(404);
        one.create(path, TEXT).expect(201);
        other.head(path).expect(200);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void ttlIsShownAndComparedOnBoth() throws Exception {
        String path = "/" + Names.unique("ttl");
        one.create(path, TEXT, "Stream-TTL", "3600").expect(201);
        assertThat(other.head(path).expect(200).header("Stream-TTL")).contains("3600");
        other.create(path, TEXT, "Stream-TTL", "3600").expect(200);
        other.create(path, TEXT, "Stream-TTL", "3601").expect(409);
        other.create(path, TEXT).expect(409);
    }

    private String sliding(String folder) throws Exception {
        String path = folder + Names.unique("sliding");
        one.create(path, TEXT, "Stream-TTL", Integer.toString(TTL_SECONDS)).expect(201);
        return path;
    }

    /** Accesses through one gateway, looks through the other; then stops, and looks again. */
    private void keptAlive(String folder, Access access) throws Exception {
        String path = sliding(folder);
        long endNanos = System.nanoTime() + LONG.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            access.to(one, path);
            Thread.sleep(500);
        }
        other.head(path).expect(200);
        Await.until("it is gone when nobody reads it", GONE, () -> {
            Thread.sleep(100);
            return other.head(path).status() == 404;
        });
        one.head(path).expect(404);
    }
}
