package io.millrace.it;

import static io.millrace.it.StreamClient.BYTES;
import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forks on two gateways that know nothing of each other (PROTOCOL.md 4.2), in shared and dedicated topics. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ForkTest {

    private static final String PREFIX = "/v1/stream";

    /** By when what a deletion leaves to do is done. */
    private static final Duration RELEASED = Duration.ofSeconds(10);

    private static final Duration EMPTIED = Duration.ofSeconds(40);

    private final StreamClient one = GatewayPair.shared().one().client();
    private final StreamClient other = GatewayPair.shared().other().client();

    @ParameterizedTest(name = "{0} from {1}")
    @CsvSource({"/,/", "/,/topics/", "/topics/,/", "/topics/,/topics/"})
    void forksStitchAcrossKinds(String forkFolder, String sourceFolder) throws Exception {
        String source = sourceFolder + Names.unique("source");
        String fork = forkFolder + Names.unique("fork");
        String begin = one.create(source, TEXT).expect(201).next();
        String afterA = one.append(source, TEXT, "a").expect(204).next();
        String afterB = one.append(source, TEXT, "b").expect(204).next();
        one.append(source, TEXT, "c").expect(204);

        Answer created = other.fork(fork, source, "Stream-Fork-Offset", afterB).expect(201);
        assertThat(created.next()).isEqualTo(afterB);
        assertThat(created.header("Content-Type")).contains(TEXT);
        assertThat(created.header("Location")).contains(other.base() + fork);
        assertThat(one.head(fork).expect(200).next()).isEqualTo(afterB);
        String afterX = one.append(fork, TEXT, "x").expect(204).next();
        assertThat(afterX).isGreaterThan(afterB);
        one.append(source, TEXT, "d").expect(204);

        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(fork).expect(200).text()).isEqualTo("abx");
            assertThat(client.get(fork + "?offset=" + begin).expect(200).text()).isEqualTo("abx");
            assertThat(client.get(fork + "?offset=" + afterA).expect(200).text())
                    .isEqualTo("bx");
            assertThat(client.get(fork + "?offset=" + afterB).expect(200).text())
                    .isEqualTo("x");
            assertThat(client.get(fork + "?offset=" + afterX).expect(200).isUpToDate())
                    .isTrue();
            assertThat(client.get(source).expect(200).text()).isEqualTo("abcd");
        }

        // The source's end leaves the fork what it has, and gives the rest back once the fork ends too.
        one.delete(source).expect(204);
        for (StreamClient client : List.of(one, other)) {
            client.get(source).expect(410);
            client.head(source).expect(410);
            client.append(source, TEXT, "e").expect(410);
            client.delete(source).expect(410);
            client.create(source, TEXT).expect(409);
            client.fork(fork + "-late", source).expect(409);
            assertThat(client.get(fork).expect(200).text()).isEqualTo("abx");
        }
        other.delete(fork).expect(204);
        one.get(fork).expect(404);
        awaitGone(source);
        other.put(source, TEXT, "anew").expect(201);
        one.get(source + "?offset=" + afterA).expect(410);
    }

    @Test
    void chainsReadThroughEveryGenerationAndLetGoFromTheEnd() throws Exception {
        String name = Names.unique("chain");
        List<String> generations = List.of("/" + name, "/topics/" + name, "/" + name + "/2", "/topics/" + name + "-3");
        one.put(generations.getFirst(), TEXT, "0").expect(201);
        for (int i = 1; i < generations.size(); i++) {
            (i % 2 == 0 ? one : other)
                    .fork(generations.get(i), generations.get(i - 1))
                    .expect(201);
            other.append(generations.get(i), TEXT, Integer.toString(i)).expect(204);
            one.append(generations.get(i - 1), TEXT, "later").expect(204);
        }
        assertThat(one.get(generations.getLast()).text()).isEqualTo("0123");
        for (String generation : generations.subList(0, 3)) {
            one.delete(generation).expect(204);
            other.head(generation).expect(410);
        }
        assertThat(other.get(generations.getLast()).text()).isEqualTo("0123");
        other.delete(generations.getLast()).expect(204);
        for (String generation : generations) {
            awaitGone(generation);
        }
    }

    @Test
    void anAncestorsRangeIsInheritedThroughAForkThatBeginsAboveIt() throws Exception {
        String name = "/" + Names.unique("below");
        one.put(name, TEXT, "a").expect(201);
        String middle = one.append(name, TEXT, "b").expect(204).next();
        one.append(name, TEXT, "c").expect(204);
        one.fork(name + "/1", name).expect(201);
        one.append(name + "/1", TEXT, "d").expect(204);
        other.fork(name + "/2", name + "/1", "Stream-Fork-Offset", middle).expect(201);
        other.append(name + "/2", TEXT, "x").expect(204);
        assertThat(one.get(name + "/2").text()).isEqualTo("abx");
        other.fork(name + "/3", name + "/2", "Stream-Fork-Offset", "0000000000000000_0000000000000000")
                .expect(201);
        assertThat(one.get(name + "/3").expect(200).text()).isEmpty();
    }

    @Test
    void jsonAcrossTheBoundaryIsOneArrayOfWhatWasSent() throws Exception {
        String source = "/" + Names.unique("json");
        String fork = source + "/fork";
        String point = one.put(source, JSON, "{\"n\": 1.0}").expect(201).next();
        one.append(source, JSON, "[1e400, 1152921504606846977,{\"a\":\"\\u0041\"}]")
                .expect(204);
        forkWith(JSON, "[\"own\"]", other, fork, source, "Stream-Fork-Offset", point, "Stream-Fork-Sub-Offset", "2")
                .expect(201);
        one.append(fork, JSON, "[true,false]").expect(204);
        assertThat(one.get(fork).text()).isEqualTo("[{\"n\": 1.0},1e400,1152921504606846977,\"own\",true,false]");
        assertThat(one.get(fork + "?offset=" + point).text())
                .isEqualTo("[1e400,1152921504606846977,\"own\",true,false]");
    }

    @Test
    void producersBeginAnew() throws Exception {
        String source = "/" + Names.unique("producers");
        one.create(source, TEXT).expect(201);
        String[] first = {"Producer-Id", "p", "Producer-Epoch", "5", "Producer-Seq", "0", "Stream-Seq", "9"};
        one.append(source, TEXT, "a", first).expect(200);
        other.fork(source + "/fork", source).expect(201);
        one.append(source + "/fork", TEXT, "b", first).expect(200);
        other.append(source + "/fork", TEXT, "b", first).expect(204);
        one.append(source, TEXT, "a", first).expect(204);
        assertThat(other.get(source + "/fork").text()).isEqualTo("ab");
    }

    @Test
    void liveReadersOfAForkDoNotWakeForItsSource() throws Exception {
        String source = "/" + Names.unique("live");
        String fork = source + "/fork";
        one.put(source, TEXT, "inherited").expect(201);
        String point = one.fork(fork, source).expect(201).next();
        try (SseReader events = other.sse(fork + "?offset=-1&live=sse")) {
            assertThat(events.nextData().data()).isEqualTo("inherited");
            SseReader.Event control = events.next().orElseThrow();
            assertThat(control.control().path("streamNextOffset").asText()).isEqualTo(point);
            assertThat(control.control().path("upToDate").asBoolean()).isTrue();
            CompletableFuture<Answer> poll = other.getAsync(fork + "?live=long-poll&offset=" + point);
            one.append(source, TEXT, "the source's").expect(204);
            one.append(source, TEXT, "alone").expect(204);
            Thread.sleep(300);
            assertThat(poll).isNotDone();
            String next = one.append(fork, TEXT, "own").expect(204).next();
            assertThat(poll.get().expect(200).text()).isEqualTo("own");
            assertThat(poll.get().next()).isEqualTo(next);
            assertThat(events.nextData().data()).isEqualTo("own");
            assertThat(events.next()
                            .orElseThrow()
                            .control()
                            .path("streamNextOffset")
                            .asText())
                    .isEqualTo(next);
        }
    }

    @Test
    void everyEventOfTheInheritedRangeCarriesItsOwnOffset() throws Exception {
        String source = "/" + Names.unique("events");
        List<String> offsets = new ArrayList<>();
        offsets.add(one.put(source, TEXT, "a").expect(201).next());
        offsets.add(one.append(source, TEXT, "b").expect(204).next());
        other.fork(source + "/1", source).expect(201);
        offsets.add(other.append(source + "/1", TEXT, "c").expect(204).next());
        one.fork(source + "/2", source + "/1").expect(201);
        offsets.add(one.append(source + "/2", TEXT, "d").expect(204).next());
        List<String> seen = new ArrayList<>();
        try (SseReader events = other.sse(source + "/2?offset=-1&live=sse")) {
            for (String data : List.of("a", "b", "c", "d")) {
                assertThat(events.nextData().data()).isEqualTo(data);
                seen.add(events.next()
                        .orElseThrow()
                        .control()
                        .path("streamNextOffset")
                        .asText());
            }
        }
        assertThat(seen).isEqualTo(offsets).isSorted();
        for (int i = 0; i < offsets.size(); i++) {
            assertThat(one.get(source + "/2?offset=" + offsets.get(i)).text()).isEqualTo("abcd".substring(i + 1));
        }
    }

    @Test
    void aForkMadeAgainIsAnotherStream() throws Exception {
        String source = "/" + Names.unique("again");
        String fork = source + "/fork";
        String point = one.put(source, TEXT, "ab").expect(201).next();
        one.fork(fork, source).expect(201);
        String own = one.append(fork, TEXT, "x").expect(204).next();
        String etag = one.get(fork).header("ETag").orElseThrow();
        other.get(fork + "?offset=-1", "If-None-Match", etag).expect(304);
        one.delete(fork).expect(204);
        other.fork(fork, source).expect(201);
        other.append(fork, TEXT, "x").expect(204);
        for (StreamClient client : List.of(one, other)) {
            Answer again =
                    client.get(fork + "?offset=-1", "If-None-Match", etag).expect(200);
            assertThat(again.header("ETag")).isPresent().get().isNotEqualTo(etag);
            assertThat(again.text()).isEqualTo("abx");
            assertThat(client.get(fork + "?offset=" + point).expect(200).text()).isEqualTo("x");
            assertThat(client.get(fork + "?offset=" + own).status()).isIn(400, 410);
        }
        // Of another source not even the inherited offsets hold.
        one.delete(fork).expect(204);
        one.put(source + "/other", TEXT, "cd").expect(201);
        one.fork(fork, source + "/other").expect(201);
        assertThat(other.get(fork + "?offset=" + point).status()).isIn(400, 410);
        assertThat(other.get(fork + "?offset=-1", "If-None-Match", etag)
                        .expect(200)
                        .text())
                .isEqualTo("cd");
    }

    @Test
    void askingTwiceIsAskingOnceAlsoAfterTheSourceHasGone() throws Exception {
        String source = "/" + Names.unique("twice");
        String fork = source + "/fork";
        String point = one.put(source, TEXT, "ab").expect(201).next();
        one.fork(fork, source).expect(201);
        one.append(source, TEXT, "more").expect(204);
        other.fork(fork, source).expect(200); // both times at the tail, as asked
        other.fork(fork, source, "Stream-Fork-Offset", point).expect(200); // what it came to
        other.fork(fork, source, "Stream-TTL", "60").expect(409);
        other.fork(fork, source + "/none").expect(409);
        one.create(fork, TEXT).expect(409);
        one.delete(source).expect(204);
        other.fork(fork, source).expect(200);
        other.fork(fork, source, "Stream-Fork-Offset", point).expect(409); // nobody can tell any more
    }

    @Test
    void expiryOfASourceLeavesItsForks() throws Exception {
        String source = "/" + Names.unique("mortal");
        String fork = source + "/fork";
        one.put(source, TEXT, "ab", "Stream-TTL", "2").expect(201);
        other.fork(fork, source, "Stream-TTL", "600").expect(201);
        Await.until("the source is gone", Duration.ofSeconds(15), () -> {
            Thread.sleep(100);
            return other.head(source).status() == 410;
        });
        one.create(source, TEXT).expect(409);
        assertThat(one.get(fork).expect(200).text()).isEqualTo("ab");
        one.delete(fork).expect(204);
        awaitGone(source);
    }

    @Test
    void whatNoForkCanBeIsRefusedAndLeavesNoTrace() throws Exception {
        String source = "/" + Names.unique("refused");
        String fork = source + "/fork";
        String tail = one.put(source, TEXT, "abc").expect(201).next();
        String foreign = one.create(source + "/foreign", TEXT).expect(201).next();
        for (String[] headers : List.of(
                new String[] {"Stream-Fork-Offset", "9999999999999999_9999999999999999"},
                new String[] {"Stream-Fork-Offset", foreign},
                new String[] {"Stream-Fork-Offset", "-1"},
                new String[] {"Stream-Fork-Offset", "now"},
                new String[] {"Stream-Fork-Offset", ""},
                new String[] {"Stream-Fork-Offset", tail, "Stream-Fork-Sub-Offset", "1"},
                new String[] {"Stream-Fork-Offset", "0000000000000000_0000000000000000", "Stream-Fork-Sub-Offset", "4"},
                new String[] {"Stream-Fork-Sub-Offset", "1"},
                new String[] {"Stream-TTL", "1", "Stream-Expires-At", "2030-01-01T00:00:00Z"})) {
            isProblem(other.fork(fork, source, headers).expect(400));
        }
        isProblem(one.create(fork, TEXT, "Stream-Forked-From", "chats/1").expect(400));
        isProblem(
                one.create(fork, TEXT, "Stream-Forked-From", "/v1/stream/a//b").expect(400));
        isProblem(one.create(fork, TEXT, "Stream-Forked-From", "/elsewhere/a").expect(404));
        isProblem(one.create(fork, TEXT, "Stream-Forked-From", "/v1/stream/__ds/subscriptions/x")
                .expect(404));
        isProblem(one.fork(fork, source + "/none").expect(404));
        isProblem(one.fork(fork, fork).expect(404));
        isProblem(one.create(fork, JSON, "Stream-Forked-From", PREFIX + source).expect(409));
        isProblem(one.create(fork, TEXT, "Stream-Fork-Offset", tail).expect(400));
        one.head(fork).expect(404);
        one.delete(source).expect(204);
        one.head(source).expect(404); // and is not kept for forks that never were
    }

    /** What it inherits of a record counts: 413, and nothing is kept for it. */
    @Test
    void aPartAndABodyThatAreTooLargeTogetherLeaveNoReference() throws Exception {
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        String name = Names.unique("heavy");
        String source = "/topics/" + name;
        String much = "x".repeat(5 * 1024 * 1024);
        String point = one.create(source, BYTES).expect(201).next();
        one.append(source, BYTES, much).expect(204);
        for (int i = 0; i < 3; i++) {
            isProblem(one.put(
                            "/" + name,
                            BYTES,
                            much,
                            "Stream-Forked-From",
                            PREFIX + source,
                            "Stream-Fork-Offset",
                            point,
                            "Stream-Fork-Sub-Offset",
                            Integer.toString(much.length() - 1))
                    .expect(413));
        }
        one.head("/" + name).expect(404);
        Await.until("the references are dropped", RELEASED, () -> {
            Thread.sleep(100);
            return kafka.consume("it." + name, 0).stream()
                            .filter(record -> record.operation().equals("fork-unref"))
                            .count()
                    == 3;
        });
        one.delete(source).expect(204);
        other.head(source).expect(404);
    }

    /** Nothing of the source's 200 MB is written again. */
    @Test
    void aForkOfALongStreamCopiesNothing() throws Exception {
        String name = Names.unique("long");
        String source = "/topics/" + name;
        byte[] block = new byte[4 * 1024 * 1024];
        Arrays.fill(block, (byte) 'x');
        one.create(source, BYTES).expect(201);
        for (int i = 0; i < 50; i++) {
            one.append(source, BYTES, block).expect(204);
        }
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        long before = kafka.size("it." + name) + kafka.size("it-shared");
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            long started = System.nanoTime();
            (i % 2 == 0 ? one : other).fork("/" + name + "/" + i, source).expect(201);
            micros.add((System.nanoTime() - started) / 1_000);
        }
        micros.sort(null);
        long added = kafka.size("it." + name) + kafka.size("it-shared") - before;
        System.out.printf(
                "forks of a stream of 200 MB: created in %d us (median of %d), %d bytes each in Kafka%n",
                micros.get(micros.size() / 2), micros.size(), added / micros.size());
        assertThat(added).isLessThan(1024L * micros.size());
        assertThat(other.readAll("/" + name + "/0", "-1")).hasSize(50 * block.length);
        other.append("/" + name + "/0", BYTES, "end").expect(204);
        one.delete(source).expect(204);
        assertThat(other.readAll("/" + name + "/0", "-1")).hasSize(50 * block.length + 3);
        for (int i = 0; i < micros.size(); i++) {
            one.delete("/" + name + "/" + i).expect(204);
        }
        awaitGone(source);
        Await.until("its topic is empty", EMPTIED, () -> {
            Thread.sleep(500);
            return kafka.beginning("it." + name, 0) > 50;
        });
    }

    /** One gateway forks while the other deletes the source: the fork stands with all its data, or there is none. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/topics/"})
    void aForkAndTheEndOfItsSourceHaveOneOutcome(String folder) throws Exception {
        int rounds = folder.equals("/") ? 150 : 20;
        String name = Names.unique("race");
        int[] forked = new int[rounds];
        Concurrently.times(rounds, i -> () -> {
            String source = folder + name + "-" + i;
            String fork = "/" + name + "/fork-" + i;
            one.put(source, TEXT, "data").expect(201);
            Thread forker = Thread.ofVirtual()
                    .start(() -> forked[i] = other.sendAsync("PUT", fork, "Stream-Forked-From", PREFIX + source)
                            .join()
                            .status());
            Thread.sleep(600L / rounds * i); // creating a fork takes longer than a deletion, the more so among so many
            one.delete(source).expect(204);
            forker.join();
            assertThat(forked[i]).isIn(201, 404, 409);
            if (forked[i] == 201) {
                for (StreamClient client : List.of(one, other)) {
                    assertThat(client.get(fork).expect(200).text()).isEqualTo("data");
                    client.get(source).expect(410);
                }
                one.delete(fork).expect(204);
            } else {
                one.get(fork).expect(404);
            }
            awaitGone(source);
        });
        long won = Arrays.stream(forked).filter(status -> status == 201).count();
        System.out.printf("forks raced with the end of their source in %s: %d of %d forked%n", folder, won, rounds);
    }

    /** One path, two sources, two gateways: one wins, and the other source is not kept for the loser. */
    @Test
    void oneForkPathHasOneSource() throws Exception {
        String name = Names.unique("contended");
        Concurrently.times(100, i -> () -> {
            String path = "/" + name + "/" + i;
            one.put(path + "/a", TEXT, "a").expect(201);
            one.put(path + "/b", TEXT, "b").expect(201);
            CompletableFuture<Answer> ofA = one.sendAsync("PUT", path, "Stream-Forked-From", PREFIX + path + "/a");
            CompletableFuture<Answer> ofB = other.sendAsync("PUT", path, "Stream-Forked-From", PREFIX + path + "/b");
            assertThat(List.of(ofA.get().status(), ofB.get().status())).containsExactlyInAnyOrder(201, 409);
            String winner = ofA.get().status() == 201 ? "a" : "b";
            String loser = winner.equals("a") ? "b" : "a";
            assertThat(one.get(path).text()).isEqualTo(winner);
            assertThat(other.get(path).text()).isEqualTo(winner);
            one.delete(path + "/" + winner).expect(204);
            other.head(path + "/" + winner).expect(410);
            other.delete(path + "/" + loser).expect(204);
            awaitGone(path + "/" + loser);
        });
    }

    /** A gateway that died, or slept, between the reference and the create: only its records tell of it. */
    @Test
    void aReferenceWithoutAForkIsCollectedAndItsCreateComesTooLate() throws Exception {
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        String name = Names.unique("dangling");
        String source = "/topics/" + name;
        String fork = source + "-fork";
        one.put(source, TEXT, "data").expect(201);
        String created = kafka.consume("it." + name, 0).getFirst().key();
        String incarnation = created.substring(created.lastIndexOf('|') + 1);
        String reference = "lost" + Long.toString(System.nanoTime(), 36) + ".1";
        String now = Long.toString(System.currentTimeMillis());
        leaveReference(kafka, source, reference, incarnation, fork.substring(1), now);
        one.delete(source).expect(204);
        other.head(source).expect(410);
        Await.until("the reference is collected", Duration.ofSeconds(30), () -> {
            Thread.sleep(100);
            return one.head(source).status() == 404 && other.head(source).status() == 404;
        });
        kafka.produce(
                "it." + name + "-fork",
                0,
                fork.substring(1) + "|" + reference.replace(".1", ".2"),
                "",
                "ds-v",
                "1",
                "ds-op",
                "create",
                "ds-time",
                Long.toString(System.currentTimeMillis()),
                "ds-content-type",
                TEXT,
                "ds-fork-source",
                source.substring(1),
                "ds-fork-source-inc",
                incarnation,
                "ds-fork-position",
                "1",
                "ds-fork-tag",
                "1",
                "ds-fork-ref",
                reference,
                "ds-fork-time",
                now);
        for (StreamClient client : List.of(one, other)) {
            client.head(fork).expect(404);
        }
        one.put(fork, TEXT, "plain").expect(201);
        assertThat(other.get(fork).text()).isEqualTo("plain");
    }

    /** Forks that live on do not take the turn of one that never was. */
    @Test
    void aReferenceWithoutAForkIsCollectedAmongThoseOfManyForks() throws Exception {
        NativeKafka kafka = new NativeKafka(TestKafka.shared());
        String name = Names.unique("crowd");
        String source = "/topics/" + name;
        one.put(source, TEXT, "data").expect(201);
        Concurrently.times(
                1_000,
                i -> () -> (i % 2 == 0 ? one : other)
                        .fork("/" + name + "/" + i, source)
                        .expect(201));
        String created = kafka.consume("it." + name, 0).getFirst().key();
        String reference = "lost" + Long.toString(System.nanoTime(), 36) + ".1";
        leaveReference(
                kafka,
                source,
                reference,
                created.substring(created.lastIndexOf('|') + 1),
                name + "/none",
                Long.toString(System.currentTimeMillis()));
        one.delete(source).expect(204);
        Await.until("the reference is collected", Duration.ofSeconds(15), () -> {
            Thread.sleep(250);
            return kafka.consume("it." + name, 0).stream()
                    .anyMatch(record -> record.operation().equals("fork-unref"));
        });
        assertThat(other.get("/" + name + "/0").expect(200).text()).isEqualTo("data");
        one.head(source).expect(410);
    }

    /** A gateway is killed again and again while it forks: what it leaves behind is collected by the other. */
    @Test
    void whatAKilledGatewayLeavesBehindIsCollected() throws Exception {
        String name = Names.unique("killed");
        int sources = 40;
        for (int i = 0; i < sources; i++) {
            one.put("/" + name + "/" + i, TEXT, "data").expect(201);
        }
        try (GatewayProcess doomed = GatewayProcess.named("doomed")
                .on(TestKafka.shared())
                .mappings(GatewayPair.MAPPINGS)
                .start()) {
            StreamClient client = doomed.client();
            for (int i = 0; i < sources; i++) {
                client.head("/" + name + "/" + i).expect(200); // its partitions are loaded
            }
            for (int life = 0; life < 3; life++) {
                List<CompletableFuture<Answer>> forks = new ArrayList<>();
                for (int i = 0; i < sources; i++) {
                    for (int n = 0; n < 5; n++) {
                        String source = "/" + name + "/" + i;
                        forks.add(client.sendAsync(
                                "PUT", source + "/" + life + "-" + n, "Stream-Forked-From", PREFIX + source));
                    }
                }
                Thread.sleep(15L * life);
                doomed.kill();
                forks.forEach(fork -> fork.exceptionally(_ -> null).join());
                if (life < 2) {
                    doomed.restart();
                    client = doomed.client();
                }
            }
        }
        for (int i = 0; i < sources; i++) {
            for (int life = 0; life < 3; life++) {
                for (int n = 0; n < 5; n++) {
                    String fork = "/" + name + "/" + i + "/" + life + "-" + n;
                    Answer found = other.get(fork);
                    if (found.status() == 200) {
                        assertThat(found.text()).isEqualTo("data");
                        one.delete(fork).expect(204);
                    }
                }
            }
            one.delete("/" + name + "/" + i).expect(204);
        }
        for (int i = 0; i < sources; i++) {
            String source = "/" + name + "/" + i;
            Await.until(source + " is collected", Duration.ofSeconds(60), () -> {
                Thread.sleep(50);
                return other.head(source).status() == 404;
            });
        }
    }

    /** PUT of a fork with data of its own. */
    private static Answer forkWith(
            String type, String body, StreamClient client, String fork, String source, String... headers)
            throws Exception {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Stream-Forked-From";
        all[headers.length + 1] = PREFIX + source;
        return client.put(fork, type, body, all);
    }

    /** What a gateway leaves that dies between the reference and the create, in the dedicated topic of the source. */
    private static void leaveReference(
            NativeKafka kafka, String source, String reference, String incarnation, String fork, String timeMillis)
            throws Exception {
        kafka.produce(
                "it." + source.substring("/topics/".length()),
                0,
                source.substring(1) + "|" + reference,
                "",
                "ds-v",
                "1",
                "ds-op",
                "fork-ref",
                "ds-time",
                timeMillis,
                "ds-inc",
                incarnation,
                "ds-fork-path",
                fork);
    }

    private void awaitGone(String path) throws Exception {
        for (StreamClient client : List.of(one, other)) {
            Await.until(path + " is gone", RELEASED, () -> {
                Thread.sleep(20);
                return client.head(path).status() == 404;
            });
        }
    }

    private static void isProblem(Answer answer) {
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.text()).contains("\"detail\"").doesNotContain("Exception", "\tat ");
    }
}
