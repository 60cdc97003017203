package io.millrace.it;

import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two gateways on one broker are one server: what either acknowledged, the other knows. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class TwoGatewaysTest {

    private final StreamClient one = GatewayPair.shared().one().client();
    private final StreamClient other = GatewayPair.shared().other().client();

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/", "/topics/"})
    void liveReadersOfBothSeeWhatEitherWrites(String folder) throws Exception {
        String path = folder + Names.unique("live");
        String begin = one.create(path, JSON).expect(201).next();
        try (SseReader here = one.sse(path + "?offset=-1&live=sse");
                SseReader there = other.sse(path + "?offset=-1&live=sse")) {
            CompletableFuture<Answer> pollHere = one.getAsync(path + "?live=long-poll&offset=" + begin);
            CompletableFuture<Answer> pollThere = other.getAsync(path + "?live=long-poll&offset=" + begin);
            other.append(path, JSON, "{\"n\":1}").expect(204);
            for (SseReader reader : List.of(here, there)) {
                assertThat(reader.nextData().data()).isEqualToIgnoringWhitespace("[{\"n\":1}]");
            }
            one.append(path, JSON, "[{\"n\":2},{\"n\":3}]").expect(204);
            for (SseReader reader : List.of(here, there)) {
                assertThat(reader.nextData().data()).isEqualToIgnoringWhitespace("[{\"n\":2},{\"n\":3}]");
            }
            for (Answer answer : List.of(pollHere.get(), pollThere.get())) {
                assertThat(answer.expect(200).text()).startsWith("[{\"n\":1}");
            }
            one.close(path).expect(204);
            for (SseReader reader : List.of(here, there)) {
                assertThat(lastControl(reader).control().path("streamClosed").asBoolean())
                        .isTrue();
            }
        }
        assertThat(one.get(path).text()).isEqualTo("[{\"n\":1},{\"n\":2},{\"n\":3}]");
        assertThat(other.get(path).text()).isEqualTo(one.get(path).text());
    }

    /** Each of 250 streams is asked four things of the other gateway the moment a write to it is acknowledged. */
    @Test
    void aThousandReadsAtOnceAreNeverStale() throws Exception {
        String folder = "/" + Names.unique("fresh") + "/";
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            StreamClient writer = round % 2 == 0 ? one : other;
            StreamClient reader = round % 2 == 0 ? other : one;
            boolean create = round == 0;
            String text = "round " + round + "\n";
            expected.add(text);
            String all = String.join("", expected);
            Concurrently.times(250, i -> () -> {
                String path = folder + i;
                String before = create ? "-1" : writer.head(path).expect(200).next();
                String tail = create
                        ? writer.put(path, TEXT, text).expect(201).next()
                        : writer.append(path, TEXT, text).expect(204).next();
                List<CompletableFuture<Answer>> reads = List.of(
                        reader.sendAsync("HEAD", path),
                        reader.getAsync(path + "?offset=now"),
                        reader.getAsync(path + "?offset=" + before),
                        reader.getAsync(path));
                for (CompletableFuture<Answer> read : reads) {
                    assertThat(read.get().expect(200).next())
                            .as("tail in %s after %s", read.get(), tail)
                            .isEqualTo(tail);
                }
                assertThat(reads.get(1).get().text()).isEmpty();
                assertThat(reads.get(2).get().text()).isEqualTo(text);
                assertThat(reads.get(3).get().text()).isEqualTo(all);
            });
        }
    }

    /** The reader asks before the stream exists too, so that a remembered absence would show. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/", "/topics/"})
    void absenceIsNeverRemembered(String folder) throws Exception {
        int streams = folder.equals("/") ? 100 : 12;
        String name = Names.unique("absent");
        Concurrently.times(streams, i -> () -> {
            String path = folder + name + "-" + i;
            AtomicBoolean asking = new AtomicBoolean(true);
            List<Integer> early = new ArrayList<>();
            Thread asker = Thread.ofVirtual().start(() -> {
                while (asking.get()) {
                    early.add(other.getAsync(path).join().status());
                }
            });
            try {
                other.get(path).expect(404);
                one.create(path, TEXT).expect(201);
                other.head(path).expect(200);
                other.append(path, TEXT, "x").expect(204);
                one.delete(path).expect(204);
                other.append(path, TEXT, "y").expect(404);
                other.head(path).expect(404);
                other.create(path, JSON).expect(201);
                assertThat(one.head(path).expect(200).header("Content-Type")).contains(JSON);
                one.close(path).expect(204);
                assertThat(other.append(path, JSON, "1").expect(409).isClosed()).isTrue();
                assertThat(other.head(path).isClosed()).isTrue();
            } finally {
                asking.set(false);
                asker.join();
            }
            assertThat(Set.copyOf(early)).isSubsetOf(200, 404);
        });
    }

    @Test
    void producerHeadersAreHonouredAcrossBoth() throws Exception {
        String path = "/" + Names.unique("producer");
        one.create(path, TEXT).expect(201);
        assertThat(produce(one, path, 0, 0, "a").expect(200).header("Producer-Seq"))
                .contains("0");
        assertThat(produce(other, path, 0, 0, "a").expect(204).header("Producer-Seq"))
                .contains("0");
        assertThat(produce(other, path, 0, 1, "b").expect(200).header("Producer-Seq"))
                .contains("1");
        Answer gap = produce(one, path, 0, 3, "d").expect(409);
        assertThat(gap.header("Producer-Expected-Seq")).contains("2");
        assertThat(gap.header("Producer-Received-Seq")).contains("3");
        produce(one, path, 0, 2, "c").expect(200);
        produce(other, path, 0, 3, "d").expect(200);
        produce(one, path, 2, 1, "!").expect(400);
        produce(other, path, 1, 0, "e").expect(200);
        assertThat(produce(one, path, 0, 4, "!").expect(403).header("Producer-Epoch"))
                .contains("1");
        produce(one, path, 1, 1, "f", "Stream-Closed", "true").expect(200);
        assertThat(produce(other, path, 1, 1, "f", "Stream-Closed", "true")
                        .expect(204)
                        .isClosed())
                .isTrue();
        assertThat(produce(other, path, 1, 2, "!").expect(409).isClosed()).isTrue();
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(path).expect(200).text()).isEqualTo("abcdef");
        }
    }

    @Test
    void pipelinedProducersAlternateBetweenBoth() throws Exception {
        String path = "/" + Names.unique("pipelined");
        int messages = 100;
        one.create(path, TEXT).expect(201);
        List<PipelinedProducer> producers = IntStream.range(0, 8)
                .mapToObj(i -> new PipelinedProducer("p" + i, path, turn -> turn % 2 == 0 ? one : other))
                .toList();
        Concurrently.times(producers.size(), i -> () -> producers.get(i).produce(0, messages));
        for (StreamClient client : List.of(one, other)) {
            String text = new String(client.readAll(path, "-1"), UTF_8);
            for (PipelinedProducer producer : producers) {
                assertThat(linesOf(producer.id(), text))
                        .containsExactlyElementsOf(IntStream.range(0, messages)
                                .mapToObj(seq -> producer.id() + ":" + seq)
                                .toList());
            }
        }
    }

    @Test
    void oneAppendSentThroughBothAtOnceIsThereOnce() throws Exception {
        String path = "/" + Names.unique("twice");
        one.create(path, TEXT).expect(201);
        StringBuilder expected = new StringBuilder();
        for (int seq = 0; seq < 50; seq++) {
            String text = seq + ";";
            expected.append(text);
            String[] headers = producerHeaders(0, seq);
            CompletableFuture<Answer> here = one.appendAsync(path, TEXT, text, headers);
            CompletableFuture<Answer> there = other.appendAsync(path, TEXT, text, headers);
            assertThat(Stream.of(here.get().status(), there.get().status())
                            .sorted()
                            .toList())
                    .as("%s, %s", here.get(), there.get())
                    .containsExactly(200, 204);
        }
        assertThat(other.get(path).text()).isEqualTo(expected.toString());
    }

    /** Of many who create, close, or claim at once through both gateways, one wins, and all agree who. */
    @Test
    void racesHaveOneWinner() throws Exception {
        for (int round = 0; round < 20; round++) {
            String path = "/" + Names.unique("race");
            List<Answer> creates = race(i -> client(i).sendAsync("PUT", path, "Content-Type", "text/race-" + i));
            assertThat(statuses(creates)).containsExactlyInAnyOrder(201, 409, 409, 409);
            String type = one.head(path).expect(200).header("Content-Type").orElseThrow();
            assertThat(creates.get(Integer.parseInt(type.substring("text/race-".length())))
                            .status())
                    .isEqualTo(201);
            List<Answer> closes =
                    race(i -> client(i).appendAsync(path, type, "last words " + i, "Stream-Closed", "true"));
            assertThat(statuses(closes)).containsExactlyInAnyOrder(204, 409, 409, 409);
            String winner = closes.stream()
                    .filter(answer -> answer.status() == 204)
                    .map(answer -> "last words " + closes.indexOf(answer))
                    .collect(Collectors.joining());
            assertThat(one.get(path).text()).isEqualTo(winner);
            assertThat(other.get(path).text()).isEqualTo(winner);
            List<Answer> deletes = race(i -> client(i).sendAsync("DELETE", path));
            assertThat(statuses(deletes)).containsExactlyInAnyOrder(204, 404, 404, 404);
        }
    }

    private StreamClient client(int i) {
        return i % 2 == 0 ? one : other;
    }

    private static List<Answer> race(java.util.function.IntFunction<CompletableFuture<Answer>> racer) {
        List<CompletableFuture<Answer>> all =
                IntStream.range(0, 4).mapToObj(racer).toList();
        return all.stream().map(CompletableFuture::join).toList();
    }

    private static List<Integer> statuses(List<Answer> answers) {
        return answers.stream().map(Answer::status).toList();
    }

    static List<String> linesOf(String producer, String text) {
        return text.lines().filter(line -> line.startsWith(producer + ":")).toList();
    }

    private static SseReader.Event lastControl(SseReader reader) throws Exception {
        SseReader.Event last = new SseReader.Event("none", "{}");
        for (var event = reader.next(); event.isPresent(); event = reader.next()) {
            last = event.get();
        }
        return last;
    }

    private static Answer produce(StreamClient client, String path, int epoch, int seq, String text, String... more)
            throws Exception {
        String[] headers = producerHeaders(epoch, seq);
        String[] all = Stream.of(headers, more).flatMap(Stream::of).toArray(String[]::new);
        return client.append(path, TEXT, text, all);
    }

    private static String[] producerHeaders(int epoch, int seq) {
        return new String[] {
            "Producer-Id", "p", "Producer-Epoch", Integer.toString(epoch), "Producer-Seq", Integer.toString(seq)
        };
    }
}
