package io.millrace.mapping.existing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PartitionerTest {

    /** The hashes of Kafka's own tests; the sign bit is cut off. */
    static Stream<Arguments> murmur2() {
        return Stream.of(
                argumentSet("21", "21", -973932308),
                argumentSet("foobar", "foobar", -790332482),
                argumentSet("a-little-bit-long-string", "a-little-bit-long-string", -985981536),
                argumentSet("a-little-bit-longer-string", "a-little-bit-longer-string", -1486304829),
                argumentSet("48 characters", "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
                argumentSet("abc", "abc", 479470107),
                argumentSet("non-ASCII", "chats/caf\u00e9\ud83d\ude00", -489141022));
    }

    @ParameterizedTest
    @MethodSource("murmur2")
    void murmur2IsKafkas(String key, int hash) {
        for (int partitions : new int[] {1, 2, 7, 12, 16, 1000, Integer.MAX_VALUE}) {
            assertThat(Partitioner.MURMUR2.partition(key.getBytes(UTF_8), partitions))
                    .isEqualTo((hash & 0x7fffffff) % partitions);
        }
    }

    /** CRC-32 of ISO 3309 as zlib has it; the first is its check value. All of its 32 bits count, without a sign. */
    static Stream<Arguments> crc32() {
        return Stream.of(
                argumentSet("check value", "123456789", 0xCBF43926L),
                argumentSet("no bytes", "", 0x00000000L),
                argumentSet("a", "a", 0xE8B7BE43L),
                argumentSet("abc", "abc", 0x352441C2L));
    }

    @ParameterizedTest
    @MethodSource("crc32")
    void crc32IsThatOfLibrdkafka(String key, long hash) {
        for (int partitions : new int[] {1, 2, 7, 12, 16, 1000, Integer.MAX_VALUE}) {
            assertThat(Partitioner.CRC32.partition(key.getBytes(UTF_8), partitions))
                    .isEqualTo(Math.toIntExact(hash % partitions));
        }
    }
}
