package io.millrace.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.record.Payload;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentRecordsTest {

    private final RecentRecords recent = new RecentRecords();

    @Test
    void aRangeWhoseBeginningIsGoneIsNotThere() {
        WireRecord first = record(3);
        recent.add(first);
        recent.add(record(5));
        recent.dropOldest(first);
        assertThat(recent.between(3, 5)).isEmpty();
        assertThat(positions(recent.between(5, 5))).containsExactly(5L);
    }

    @Test
    void aRecordOfAFormerIncarnationIsNotLookedFor() {
        WireRecord former = record(3);
        recent.add(former);
        recent.clear();
        recent.add(record(7));
        recent.dropOldest(former);
        assertThat(positions(recent.between(7, 7))).containsExactly(7L);
    }

    @Test
    void aRingIsAQueue() {
        Random random = new Random(1);
        ArrayDeque<WireRecord> model = new ArrayDeque<>();
        long position = 0;
        for (int i = 0; i < 10_000; i++) {
            if (random.nextInt(5) < 3) {
                position += 1 + random.nextInt(3);
                WireRecord added = record(position);
                model.add(added);
                recent.add(added);
            } else if (!model.isEmpty()) {
                recent.dropOldest(model.remove());
            }
            assertThat(recent.isEmpty()).isEqualTo(model.isEmpty());
            if (i % 20 == 0 && !model.isEmpty()) {
                List<WireRecord> all = List.copyOf(model);
                int from = random.nextInt(all.size());
                int to = from + 1 + random.nextInt(all.size() - from);
                assertThat(recent.between(
                                all.get(from).position(), all.get(to - 1).position()))
                        .containsExactlyElementsOf(all.subList(from, to));
                assertThat(recent.between(
                                all.getFirst().position(), all.getLast().position()))
                        .containsExactlyElementsOf(all);
            }
        }
    }

    private static List<Long> positions(List<WireRecord> records) {
        return records.stream().map(WireRecord::position).toList();
    }

    private static WireRecord record(long position) {
        return new WireRecord(position, Payload.of(new byte[] {1}));
    }
}
