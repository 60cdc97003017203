package io.millrace.mapping.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

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

    @Test
    void answersAsAListWould() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 50; round++) {
            OffsetIndex index = new OffsetIndex();
            List<Entry> entries = new ArrayList<>();
            long offset = random.nextLong(5);
            for (int i = random.nextInt(40); i > 0; i--) {
                int size = random.nextInt(1, 30);
                index.add(offset, size);
                entries.add(new Entry(offset, size));
                offset += random.nextInt(1, 4);
            }
            assertThat(index.count()).isEqualTo(entries.size());
            for (int i = 0; i < entries.size(); i++) {
                assertThat(new Entry(index.offset(i), index.size(i))).isEqualTo(entries.get(i));
                long bytes = random.nextLong(80);
                assertThat(index.chunkEnd(i, bytes)).isEqualTo(naiveChunkEnd(entries, i, bytes));
            }
            for (long position = 0; position <= offset + 2; position++) {
                assertThat(index.from(position)).isEqualTo(naiveFrom(entries, position));
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
    }
}
