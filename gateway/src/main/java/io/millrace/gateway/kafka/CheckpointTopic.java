package io.millrace.gateway.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.gateway.log.LogFailure;
import io.millrace.mapping.checkpoint.CheckpointCodec;
import io.millrace.mapping.checkpoint.UnusableCheckpoint;
import io.millrace.mapping.record.CheckpointName;
import io.millrace.mapping.record.LogRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The parts of the checkpoints of one partition of a shared topic: records of a compacted topic, in the partition of the
 * same number. A part's key names it and is written once; what is not needed any more gets a tombstone.
 */
final class CheckpointTopic {

    /** Partition, as-of, writer and part, as {@link #key} writes them. Stored: never change. */
    private static final Pattern KEY = Pattern.compile("(\\d{1,9})\\|(\\d{1,18})\\|([a-z0-9.]{1,64})\\|(\\d{1,9})");

    private final TopicPartition partition;
    private final Consumers consumers;
    private final KeepingProducer producer;

    /** Those in {@code partition}, which is one of the topic that checkpoints are in. */
    CheckpointTopic(TopicPartition partition, Consumers consumers, KeepingProducer producer) {
        this.partition = partition;
        this.consumers = consumers;
        this.producer = producer;
    }

    /** Whose parts they are. */
    record Writing(long asOf, String writer) {

        static Writing of(CheckpointName name) {
            return new Writing(name.asOf(), name.writer());
        }
    }

    /** A checkpoint whose part 0 is there: how it begins, and where its parts are, by their numbers. */
    record Stored(Writing writing, Optional<CheckpointCodec.Head> head, Map<Integer, Long> offsets) {

        /** Whether all parts up to the last are there. */
        boolean hasParts(int count) {
            return offsets.size() >= count && offsets.containsKey(count - 1);
        }
    }

    /** All that is there now, also parts of what is not complete. */
    Map<Writing, Stored> list() throws LogFailure, InterruptedException {
        return consumers.use(consumer -> {
            Map<Writing, Map<Integer, Long>> offsets = new HashMap<>();
            Map<Writing, CheckpointCodec.Head> heads = new HashMap<>();
            consumer.assign(Set.of(partition));
            long end = consumer.endOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            long begin = consumer.beginningOffsets(Set.of(partition)).getOrDefault(partition, 0L);
            Consumers.walk(consumer, partition, new OffsetAndMetadata(begin), end, (records, _) -> {
                records.forEach(record -> note(record, offsets, heads));
                return true;
            });
            Map<Writing, Stored> all = new HashMap<>();
            offsets.forEach((writing, parts) ->
                    all.put(writing, new Stored(writing, Optional.ofNullable(heads.get(writing)), parts)));
            return all;
        });
    }

    private static void note(
            ConsumerRecord<byte[], byte[]> record,
            Map<Writing, Map<Integer, Long>> offsets,
            Map<Writing, CheckpointCodec.Head> heads) {
        Matcher key = KEY.matcher(record.key() == null ? "" : new String(record.key(), UTF_8));
        if (!key.matches()) {
            return; // not ours
        }
        Writing writing = new Writing(Long.parseLong(key.group(2)), key.group(3));
        int part = Integer.parseInt(key.group(4));
        if (record.value() == null) {
            if (part == 0) {
                heads.remove(writing);
            }
            Map<Integer, Long> parts = offsets.get(writing);
            if (parts != null) {
                parts.remove(part);
                if (parts.isEmpty()) {
                    offsets.remove(writing);
                }
            }
            return;
        }
        offsets.computeIfAbsent(writing, _ -> new TreeMap<>()).put(part, record.offset());
        if (part == 0) {
            try {
                heads.put(writing, CheckpointCodec.head(record.value()));
            } catch (UnusableCheckpoint e) {
                heads.remove(writing); // a later build's, perhaps
            }
        }
    }

    /**
     * The parts of a checkpoint.
     *
     * @throws UnusableCheckpoint where they are not all there any more
     */
    List<byte[]> read(Stored stored) throws LogFailure, InterruptedException {
        List<byte[]> parts = new ArrayList<>();
        long[] offsets =
                stored.offsets().values().stream().mapToLong(Long::longValue).toArray();
        while (parts.size() < offsets.length) {
            List<LogRecord> found =
                    consumers.fetch(partition, Arrays.copyOfRange(offsets, parts.size(), offsets.length));
            if (found.isEmpty()) {
                throw new UnusableCheckpoint("part " + parts.size() + " of " + stored.writing() + " is gone");
            }
            for (LogRecord record : found) {
                byte[] value = record.value();
                if (value == null) {
                    throw new UnusableCheckpoint("part " + parts.size() + " of " + stored.writing() + " is gone");
                }
                parts.add(value);
            }
        }
        return parts;
    }

    /** Writes parts, and waits until Kafka has them. */
    void write(Writing writing, List<byte[]> parts) throws LogFailure, InterruptedException {
        List<KeepingProducer.Kept> records = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            records.add(new KeepingProducer.Kept(key(writing, i), parts.get(i)));
        }
        producer.write(partition, records);
    }

    /** Gives up what is stored, part 0 first: without it nobody takes the others for a checkpoint. */
    void remove(Stored stored) throws LogFailure, InterruptedException {
        List<KeepingProducer.Kept> records = new ArrayList<>();
        stored.offsets()
                .keySet()
                .forEach(part -> records.add(new KeepingProducer.Kept(key(stored.writing(), part), null)));
        producer.write(partition, records);
    }

    private byte[] key(Writing writing, int part) {
        return (partition.partition() + "|" + writing.asOf() + "|" + writing.writer() + "|" + part).getBytes(UTF_8);
    }
}
