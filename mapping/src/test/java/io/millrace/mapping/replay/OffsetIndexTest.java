package io.millrace.mapping.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetIndexTest {

    private record Entry(long offset, int size) {}

    private static int naiveFrom(List<Entry> entries, long position) {
        int i = 0;
        while (i < entries.size() && entries.get(i).offset() < position) {
            i++;
        }
        return i;
    }

    private static int naiveChunkEnd(List<Entry> entries, int from, long bytes) {
        int end = from + 1;
        long sum = entries.get(from).size();
        while (end < entries.size() && sum + entries.get(end).size() <= bytes) {
            sum += entries.get(end).size();
            end++;
        }
        return end;
    }

    /** Adds {@code more} records to both, up to {@code furthest} offsets and {@code largest} bytes apart. */
    private static void grow(
            OffsetIndex index, List<Entry> entries, int more, long furthest, int largest, SplittableRandom random) {
        long offset = entries.isEmpty() ? -1 : entries.getLast().offset();
        for (int i = 0; i < more; i++) {
            offset += random.nextLong(1, furthest + 1);
            int size = random.nextInt(1, largest);
            index.add(offset, size);
            entries.add(new Entry(offset, size));
        }
    }

    private static void assertSame(OffsetIndex index, List<Entry> entries) {
        assertThat(index.count()).isEqualTo(entries.size());
        List<Entry> seen = new ArrayList<>();
        int from = entries.size() / 3;
        index.forEach(from, (offset, size) -> seen.add(new Entry(offset, size)));
        assertThat(seen).isEqualTo(entries.subList(from, entries.size()));
        long[] offsets = index.offsets(0, index.count());
        for (int i = 0; i < entries.size(); i++) {
            assertThat(new Entry(index.offset(i), index.size(i))).isEqualTo(entries.get(i));
            assertThat(offsets[i]).isEqualTo(entries.get(i).offset());
            assertThat(index.from(offsets[i])).isEqualTo(i);
        }
    }

    @Test
    void answersAsAListWould() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 50; round++) {
            OffsetIndex index = new OffsetIndex();
            List<Entry> entries = new ArrayList<>();
            grow(index, entries, random.nextInt(200), 3, 30, random);
            assertSame(index, entries);
            for (int i = 0; i < entries.size(); i++) {
                long bytes = random.nextLong(2_000);
                assertThat(index.chunkEnd(i, bytes)).isEqualTo(naiveChunkEnd(entries, i, bytes));
            }
            long last = entries.isEmpty() ? 0 : entries.getLast().offset();
            for (long position = 0; position <= last + 2; position++) {
                assertThat(index.from(position)).isEqualTo(naiveFrom(entries, position));
            }
        }
    }

    /** Counts around the ends of blocks and pages, offsets and sizes of every length. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 200, 100_000, 1L << 40})
    void answersAsAListWouldAcrossPages(long furthest) {
        SplittableRandom random = new SplittableRandom(furthest);
        for (int count : new int[] {31, 32, 33, 64, 1023, 1024, 1025, 1056, 2048, 2049, 5_000}) {
            OffsetIndex index = new OffsetIndex();
            List<Entry> entries = new ArrayList<>();
            grow(index, entries, count, furthest, count % 2 == 0 ? 200 : Integer.MAX_VALUE, random);
            assertSame(index, entries);
            for (int i = 0; i < 200; i++) {
                int from = random.nextInt(count);
                long bytes = random.nextLong(1L << random.nextInt(6, 40));
                assertThat(index.chunkEnd(from, bytes)).isEqualTo(naiveChunkEnd(entries, from, bytes));
                long position = random.nextLong(entries.getLast().offset() + 2);
                assertThat(index.from(position)).isEqualTo(naiveFrom(entries, position));
                int to = random.nextInt(from, count);
                assertThat(index.offsets(from, to))
                        .containsExactly(entries.subList(from, to).stream()
                                .mapToLong(Entry::offset)
                                .toArray());
            }
        }
    }

    @Test
    void oneRecordIsServedHoweverLarge() {
        OffsetIndex index = new OffsetIndex();
        index.add(7, Integer.MAX_VALUE);
        index.add(8, Integer.MAX_VALUE);

        assertThat(index.chunkEnd(0, 1)).isEqualTo(1);
        assertThat(index.chunkEnd(0, Long.MAX_VALUE)).isEqualTo(2);
    }

    @Test
    void offsetsRise() {
        OffsetIndex index = new OffsetIndex();
        index.add(7, 1);

        assertThatIllegalArgumentException().isThrownBy(() -> index.add(7, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> index.add(6, 1));
    }

    @Test
    void nothingIsBehindTheLastRecord() {
        OffsetIndex index = new OffsetIndex();
        index.add(7, 1);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> index.offset(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> index.size(-1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> index.offsets(0, 2));
        assertThat(index.from(8)).isEqualTo(1);
        assertThat(index.chunkEnd(1, 100)).isEqualTo(1);
    }

    @Test
    void snapshotDoesNotChangeWhileItsOriginalGrows() {
        SplittableRandom random = new SplittableRandom(11);
        OffsetIndex index = new OffsetIndex();
        List<Entry> entries = new ArrayList<>();
        List<OffsetIndex> snapshots = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            snapshots.add(index.snapshot());
            grow(index, entries, random.nextInt(100), 50, 3_000, random);
        }

        snapshots.forEach(snapshot -> assertSame(snapshot, entries.subList(0, snapshot.count())));
        assertThatIllegalStateException()
                .isThrownBy(() -> snapshots.getLast().add(Long.MAX_VALUE, 1))
                .withMessageContaining("snapshot");
    }

    @Test
    void snapshotIsReadWithoutTheLockThatGuardsTheOriginal() throws Exception {
        SplittableRandom random = new SplittableRandom(12);
        OffsetIndex index = new OffsetIndex();
        List<Entry> entries = new ArrayList<>();
        List<Future<Boolean>> readers = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < 100; i++) {
                grow(index, entries, 97, 50, 3_000, random);
                OffsetIndex snapshot = index.snapshot();
                long[] expected = entries.stream().mapToLong(Entry::offset).toArray();
                Callable<Boolean> reader = () -> Arrays.equals(snapshot.offsets(0, snapshot.count()), expected)
                        && snapshot.from(expected[expected.length - 1]) == expected.length - 1;
                readers.add(executor.submit(reader));
            }
            for (Future<Boolean> reader : readers) {
                assertThat(reader.get()).isTrue();
            }
        }
    }

    @Test
    void growthIsWhatTheMemoryGrowsBy() {
        SplittableRandom random = new SplittableRandom(13);
        OffsetIndex index = new OffsetIndex();
        long bytes = index.bytes();
        long offset = 0;
        for (int i = 0; i < 5_000; i++) {
            offset += random.nextLong(1, 1L << random.nextInt(1, 40));
            bytes += index.add(offset, random.nextInt(1, 1 << 20));
            assertThat(index.bytes()).isEqualTo(bytes);
        }
    }

    static Stream<Arguments> typicalStreams() {
        SplittableRandom random = new SplittableRandom(14);
        IntUnaryOperator small = _ -> 100;
        return Stream.of(
                argumentSet("100 bytes, alone in its partition", 1, small, 2.4),
                argumentSet("100 bytes, one record in 16", 16, small, 2.4),
                argumentSet("100 bytes, one record in 1000", 1_000, small, 3.4),
                argumentSet(
                        "1 byte to 64 KiB, alone in its partition",
                        1,
                        (IntUnaryOperator) _ -> random.nextInt(1, 1 << 16),
                        4.2));
    }

    @ParameterizedTest
    @MethodSource("typicalStreams")
    void takesFewBytesPerRecord(int apart, IntUnaryOperator size, double most) {
        int records = 1_000_000;
        OffsetIndex index = new OffsetIndex();
        for (int i = 0; i < records; i++) {
            index.add(1L + (long) i * apart, size.applyAsInt(i));
        }
        assertThat((double) index.bytes() / records).isLessThan(most);
    }

    @Test
    void fewRecordsTakeLittle() {
        OffsetIndex index = new OffsetIndex();
        assertThat(index.bytes()).isEqualTo(40);
        index.add(123_456, 100);
        assertThat(index.bytes()).isEqualTo(64);
        index.add(123_500, 100);
        assertThat(index.bytes()).isEqualTo(64);
    }
}
