package io.millrace.it;

import static io.millrace.it.StreamClient.BYTES;
import static io.millrace.it.StreamClient.JSON;
import static io.millrace.it.StreamClient.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.it.NativeKafka.Seen;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A dedicated stream and its topic, which Kafka's own clients read and write. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class DedicatedTopicTest {

    private final StreamClient one = GatewayPair.shared().one().client();
    private final StreamClient other = GatewayPair.shared().other().client();
    private final NativeKafka kafka = new NativeKafka(TestKafka.shared());
    private final String name = Names.unique("native");
    private final String path = "/topics/" + name;
    private final String topic = "it." + name;

    @Test
    void nativeConsumerReadsBytesAsTheyWereSent() throws Exception {
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        one.create(path, BYTES).expect(201);
        one.append(path, BYTES, everyByte).expect(204);
        other.append(path, BYTES, "second", "Producer-Id", "p", "Producer-Epoch", "3", "Producer-Seq", "0")
                .expect(200);
        one.close(path).expect(204);
        assertThat(kafka.consumeBytes(topic, 0).get(1).value()).isEqualTo(everyByte);
        List<Seen> records = kafka.consume(topic, 0);
        assertThat(records).extracting(Seen::operation).containsExactly("create", "append", "append", "close");
        assertThat(records)
                .extracting(Seen::key)
                .allMatch(key -> key.startsWith(path.substring(1) + "|"))
                .doesNotHaveDuplicates();
        assertThat(records.get(2).value()).isEqualTo("second");
        assertThat(records.get(2).headers())
                .containsEntry("ds-v", "1")
                .containsEntry("ds-producer", "p")
                .containsEntry("ds-epoch", "3")
                .containsEntry("ds-seq", "0");
        assertThat(records.get(0).value()).isEmpty();
        assertThat(records.get(3).value()).isEmpty();
    }

    @Test
    void nativeConsumerReadsJsonAsItWasSent() throws Exception {
        one.create(path, JSON).expect(201);
        one.append(path, JSON, "{\"one\": 1.0}").expect(204);
        one.append(path, JSON, "[1e400, 1152921504606846977,{\"b\":\"\\u0041\"}]")
                .expect(204);
        one.append(path, JSON, "[\"alone\"]").expect(204);
        List<Seen> records = kafka.consume(topic, 0);
        assertThat(records)
                .extracting(Seen::value)
                .containsExactly("", "{\"one\": 1.0}", "[1e400, 1152921504606846977,{\"b\":\"\\u0041\"}]", "\"alone\"");
        assertThat(records.get(2).headers()).containsEntry("ds-count", "3");
        assertThat(records.get(3).headers()).doesNotContainKey("ds-count");
        assertThat(other.get(path).text())
                .isEqualTo("[{\"one\": 1.0},1e400, 1152921504606846977,{\"b\":\"\\u0041\"},\"alone\"]");
    }

    @Test
    void nativeRecordsAreDataWhateverTheirKeys() throws Exception {
        one.create(path, TEXT).expect(201);
        kafka.produce(topic, 0, "same", "a");
        kafka.produce(topic, 0, "same", "b");
        kafka.produce(topic, 0, null, "c", "trace", "x");
        one.append(path, TEXT, "d").expect(204);
        kafka.produce(topic, 0, null, "e");
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(path).expect(200).text()).isEqualTo("abcde");
        }
        String tail = one.head(path).next();
        try (SseReader live = other.sse(path + "?live=sse&offset=" + tail)) {
            kafka.produce(topic, 0, "same", "f");
            assertThat(live.nextData().data()).isEqualTo("f");
        }
    }

    @Test
    void nativeRecordsWithoutDataAreVoid() throws Exception {
        one.create(path, TEXT).expect(201);
        one.append(path, TEXT, "a").expect(204);
        kafka.produce(topic, 0, "same", null);
        kafka.produce(topic, 0, null, "");
        String tail = one.head(path).expect(200).next();
        assertThat(other.head(path).next()).isEqualTo(tail);
        kafka.produce(topic, 0, null, "b");
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(path).expect(200).text()).isEqualTo("ab");
            assertThat(client.get(path + "?offset=" + tail).expect(200).text()).isEqualTo("b");
        }
    }

    @Test
    void nativeRecordsThatAreNotJsonAreVoidInAJsonStream() throws Exception {
        one.create(path, JSON).expect(201);
        for (String value : List.of("{\"n\":1}", "{broken", "1 2", "", "[2,3]", "null", "\"\\ud800\"x", " 4 ")) {
            kafka.produce(topic, 0, null, value);
        }
        one.append(path, JSON, "5").expect(204);
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(path).expect(200).text()).isEqualToIgnoringWhitespace("[{\"n\":1},[2,3],null,4,5]");
        }
    }

    @Test
    void nativeRecordsBeforeTheCreateAreVoid() throws Exception {
        kafka.createTopic(topic);
        kafka.produce(topic, 0, null, "early");
        one.get(path).expect(404);
        String begin = other.create(path, TEXT).expect(201).next();
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(path).expect(200).text()).isEmpty();
            assertThat(client.head(path).expect(200).next()).isEqualTo(begin);
        }
        kafka.produce(topic, 0, null, "in time");
        assertThat(one.get(path + "?offset=" + begin).text()).isEqualTo("in time");
    }

    @Test
    void nativeRecordsAfterCloseAreVoid() throws Exception {
        one.create(path, TEXT).expect(201);
        kafka.produce(topic, 0, null, "before");
        String tail = one.close(path).expect(204).next();
        kafka.produce(topic, 0, null, "after");
        for (StreamClient client : List.of(one, other)) {
            Answer all = client.get(path).expect(200);
            assertThat(all.text()).isEqualTo("before");
            assertThat(all.next()).isEqualTo(tail);
            assertThat(all.isClosed()).isTrue();
        }
    }

    @Test
    void nativeRecordsAfterDeleteAreVoid() throws Exception {
        one.create(path, TEXT).expect(201);
        kafka.produce(topic, 0, null, "first life");
        one.delete(path).expect(204);
        kafka.produce(topic, 0, null, "nobody's");
        for (StreamClient client : List.of(one, other)) {
            client.get(path).expect(404);
        }
        other.create(path, TEXT).expect(201);
        kafka.produce(topic, 0, null, "second life");
        for (StreamClient client : List.of(one, other)) {
            assertThat(client.get(path).expect(200).text()).isEqualTo("second life");
        }
    }

    @Test
    void anotherPathToTheSameTopicIsRefused() throws Exception {
        String owner = "/pairs/" + name + "-x/y";
        String intruder = "/pairs/" + name + "/x-y";
        one.put(owner, TEXT, "mine").expect(201);
        for (StreamClient client : List.of(one, other)) {
            client.create(intruder, TEXT).expect(409);
            assertThat(client.get(intruder).status()).isIn(404, 409);
            assertThat(client.append(intruder, TEXT, "x").status()).isIn(404, 409);
            assertThat(client.delete(intruder).status()).isIn(404, 409);
            assertThat(client.get(owner).expect(200).text()).isEqualTo("mine");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%3Ab", "a%20b", "gr%C3%BC%C3%9Fe", "LONG"})
    void pathOfAnIllegalTopicIsABadRequest(String segment) throws Exception {
        String illegal = "/topics/" + segment.replace("LONG", "x".repeat(247));
        for (StreamClient client : List.of(one, other)) {
            client.create(illegal, TEXT).expect(400);
            client.get(illegal).expect(400);
            client.append(illegal, TEXT, "x").expect(400);
        }
    }

    @Test
    void spaceOfADeletedStreamIsGivenBack() throws Exception {
        one.create(path, TEXT).expect(201);
        for (int i = 0; i < 10; i++) {
            one.append(path, TEXT, "0123456789").expect(204);
        }
        assertThat(kafka.beginning(topic, 0)).isZero();
        other.delete(path).expect(204);
        Await.until("the records are deleted", Duration.ofSeconds(40), () -> kafka.beginning(topic, 0) > 10);
        assertThat(kafka.consume(topic, 0).getFirst().operation()).isEqualTo("delete");
        one.get(path).expect(404);
        one.put(path, TEXT, "again").expect(201);
        assertThat(other.get(path).text()).isEqualTo("again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/topics/", "/"})
    void offsetsOfAFormerLifeAreGone(String folder) throws Exception {
        String stream = folder + Names.unique("lives");
        one.create(stream, TEXT).expect(201);
        String old = one.append(stream, TEXT, "first").expect(204).next();
        one.append(stream, TEXT, "more").expect(204);
        one.delete(stream).expect(204);
        one.put(stream, TEXT, "second").expect(201);
        one.append(stream, TEXT, "!").expect(204);
        for (StreamClient client : List.of(one, other)) {
            client.get(stream + "?offset=" + old).expect(410);
            client.get(stream + "?live=long-poll&offset=" + old).expect(410);
            assertThat(client.get(stream + "?offset=-1").expect(200).text()).isEqualTo("second!");
            assertThat(client.get(stream + "?offset=0000000000000000_0000000000000000")
                            .expect(200)
                            .text())
                    .isEqualTo("second!");
        }
    }
}
