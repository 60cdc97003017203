package io.millrace.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.mapping.record.RecordCodec;
import io.millrace.mapping.record.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Kafka's own clients, which know nothing of Millrace. */
final class NativeKafka {

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final Map<String, Object> cluster;

    NativeKafka(KafkaFixture kafka) {
        this(kafka.bootstrapServers());
    }

    NativeKafka(String bootstrapServers) {
        this.cluster = Map.of("bootstrap.servers", bootstrapServers);
    }

    /** A record as a native consumer sees it. */
    record Seen(
            int partition,
            long offset,
            String key,
            @Nullable String value,
            Map<String, String> headers) {

        static Seen of(ConsumerRecord<byte[], byte[]> read) {
            Map<String, String> headers = new HashMap<>();
            for (Header header : read.headers()) {
                headers.put(header.key(), new String(header.value(), UTF_8));
            }
            return new Seen(
                    read.partition(),
                    read.offset(),
                    Optional.ofNullable(text(read.key())).orElse("null"),
                    text(read.value()),
                    headers);
        }

        /** What Millrace did with it; empty for records that are not Millrace's. */
        String operation() {
            return headers.getOrDefault("ds-op", "");
        }

        private static @Nullable String text(byte @Nullable [] bytes) {
            return bytes == null ? null : new String(bytes, UTF_8);
        }
    }

    /** Sends one record and waits until Kafka has it; {@code headers} are names and values in turn. */
    void produce(String topic, int partition, @Nullable String key, @Nullable String value, String... headers)
            throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(cluster, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Header> all = new ArrayList<>();
            for (int i = 0; i < headers.length; i += 2) {
                all.add(new RecordHeader(headers[i], headers[i + 1].getBytes(UTF_8)));
            }
            producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value), all))
                    .get();
        }
    }

    /** The record of an operation as a gateway would write it. */
    static ProducerRecord<byte[], byte[]> record(String topic, int partition, Sent sent) {
        RecordCodec.Encoded encoded = RecordCodec.encode(sent);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, encoded.key(), encoded.value());
        encoded.headers().forEach(header -> record.headers().add(new RecordHeader(header.name(), header.value())));
        return record;
    }

    /** Sends records, in order, and waits until Kafka has them all. */
    void produce(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(cluster, new ByteArraySerializer(), new ByteArraySerializer())) {
            // A topic that was just created may not be led yet, and Kafka's producer may never get through what is
            // pipelined to it then. So nothing is pipelined to a partition before it has answered: the first record
            // of every destination is awaited.
            Set<List<Object>> destinations = new HashSet<>();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                Future<RecordMetadata> one = producer.send(record);
                if (destinations.add(destination(record))) {
                    one.get();
                }
                sent.add(one);
            }
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    /** What the producer chooses a partition by. */
    private static List<Object> destination(ProducerRecord<byte[], byte[]> record) {
        Object choice = record.partition() != null
                ? record.partition()
                : record.key() == null ? "any" : new String(record.key(), UTF_8);
        return List.of(record.topic(), choice);
    }

    /** Sends so many records without headers, and waits until Kafka has them. */
    void produceNoise(String topic, int partition, int count) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(cluster, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                Future<RecordMetadata> sent =
                        producer.send(new ProducerRecord<>(topic, partition, bytes("noise"), bytes("noise")));
                if (i == 0) {
                    sent.get(); // as above
                }
            }
            producer.flush();
        }
    }

    /** All records of a partition that are there now, aborted ones excepted. */
    List<Seen> consume(String topic, int partition) throws Exception {
        List<Seen> seen = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> read : consumeBytes(topic, partition)) {
            seen.add(Seen.of(read));
        }
        return seen;
    }

    /** The same with keys and values as they are. */
    List<ConsumerRecord<byte[], byte[]>> consumeBytes(String topic, int partition) {
        Map<String, Object> configuration = new HashMap<>(cluster);
        configuration.put("isolation.level", "read_committed");
        TopicPartition from = new TopicPartition(topic, partition);
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(configuration, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(from));
            consumer.seekToBeginning(List.of(from));
            Long end = consumer.endOffsets(List.of(from)).get(from);
            long deadlineNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (end != null && consumer.position(from) < end) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new AssertionError("cannot read " + from + " to its end at " + end);
                }
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    /** The first offset that a partition still has. */
    long beginning(String topic, int partition) throws Exception {
        TopicPartition of = new TopicPartition(topic, partition);
        try (Admin admin = Admin.create(cluster)) {
            return admin.listOffsets(Map.of(of, OffsetSpec.earliest()))
                    .partitionResult(of)
                    .get()
                    .offset();
        }
    }

    /** How much of {@code topic} its broker holds, in bytes. */
    long size(String topic) throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            List<Integer> nodes =
                    admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            return admin.describeLogDirs(nodes).allDescriptions().get().values().stream()
                    .flatMap(directories -> directories.values().stream())
                    .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(topic))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        }
    }

    /** Makes a topic of one partition, as an operator would who has read the documentation. */
    void createTopic(String topic) throws Exception {
        createTopic(topic, 1, Map.of());
    }

    /** The same with so many partitions, and with {@code configuration} on top of what the documentation says. */
    void createTopic(String topic, int partitions, Map<String, String> configuration) throws Exception {
        Map<String, String> all =
                new HashMap<>(Map.of("message.timestamp.type", "LogAppendTime", "retention.ms", "-1"));
        all.putAll(configuration);
        NewTopic made = new NewTopic(topic, partitions, (short) 1).configs(all);
        try (Admin admin = Admin.create(cluster)) {
            admin.createTopics(List.of(made)).all().get();
        }
    }

    /** Makes a topic whose one partition is on one broker, {@code node}. */
    void createTopicOn(int node, String topic) throws Exception {
        NewTopic made = new NewTopic(topic, Map.of(0, List.of(node)))
                .configs(Map.of("message.timestamp.type", "LogAppendTime", "retention.ms", "-1"));
        try (Admin admin = Admin.create(cluster)) {
            admin.createTopics(List.of(made)).all().get();
        }
    }

    /** The names of all topics. */
    Set<String> topics() throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            return admin.listTopics().names().get();
        }
    }

    /** The partitions of all topics. */
    List<TopicPartition> partitions() throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            List<TopicPartition> all = new ArrayList<>();
            for (TopicDescription topic : describe(admin)) {
                topic.partitions().forEach(one -> all.add(new TopicPartition(topic.name(), one.partition())));
            }
            return all;
        }
    }

    /** Waits until every partition of every topic has a leader, and all its copies are in sync. */
    void awaitInSync(Duration atMost) throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            Await.until("all copies are in sync", atMost, () -> {
                try {
                    boolean isInSync = describe(admin).stream()
                            .flatMap(topic -> topic.partitions().stream())
                            .allMatch(partition -> partition.leader() != null
                                    && !partition.leader().isEmpty()
                                    && partition.isr().size()
                                            == partition.replicas().size());
                    if (!isInSync) {
                        Thread.sleep(BETWEEN_LOOKS);
                    }
                    return isInSync;
                } catch (ExecutionException e) {
                    return false; // no controller yet
                }
            });
        }
    }

    /** The node that leads a partition; 0 where none does. */
    int leader(String topic, int partition) throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            return admin.describeTopics(Set.of(topic)).allTopicNames().get().values().stream()
                    .flatMap(description -> description.partitions().stream())
                    .filter(one -> one.partition() == partition)
                    .map(TopicPartitionInfo::leader)
                    .mapToInt(leader -> leader == null || leader.isEmpty() ? 0 : leader.id())
                    .findAny()
                    .orElse(0);
        }
    }

    /** How many copies of a topic's partition 0 are in sync. */
    int inSync(String topic) throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            return admin.describeTopics(Set.of(topic)).allTopicNames().get().values().stream()
                    .flatMap(description -> description.partitions().stream())
                    .filter(one -> one.partition() == 0)
                    .mapToInt(one -> one.isr().size())
                    .sum();
        }
    }

    private static Collection<TopicDescription> describe(Admin admin) throws Exception {
        return admin.describeTopics(admin.listTopics().names().get())
                .allTopicNames()
                .get()
                .values();
    }

    void deleteTopic(String topic) throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    /** Sets a property of a topic. */
    void alter(String topic, String name, String value) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(cluster)) {
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
        }
    }

    /** Removes all records that are in partition 0 now. */
    void deleteRecords(String topic) throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            admin.deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
        }
    }

    /** Forbids everybody to write to a topic, or allows it again; the broker must have an authorizer. */
    void forbidWrites(String topic, boolean forbidden) throws Exception {
        forbid(AclOperation.WRITE, topic, forbidden);
    }

    /** Forbids everybody to read a topic, or allows it again; the broker must have an authorizer. */
    void forbidReads(String topic, boolean forbidden) throws Exception {
        forbid(AclOperation.READ, topic, forbidden);
    }

    /** Forbids everybody to learn of a topic, or allows it again; the broker must have an authorizer. */
    void forbidDescriptions(String topic, boolean forbidden) throws Exception {
        forbid(AclOperation.DESCRIBE, topic, forbidden);
    }

    private void forbid(AclOperation operation, String topic, boolean forbidden) throws Exception {
        ResourcePattern pattern = new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
        AclBinding denial =
                new AclBinding(pattern, new AccessControlEntry("User:*", "*", operation, AclPermissionType.DENY));
        AclBinding rest = new AclBinding(
                pattern, new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW));
        try (Admin admin = Admin.create(cluster)) {
            if (forbidden) {
                admin.createAcls(List.of(denial, rest)).all().get();
            } else {
                admin.deleteAcls(List.of(denial.toFilter(), rest.toFilter()))
                        .all()
                        .get();
            }
        }
    }

    /**
     * A transaction with {@code values} in it, on partition 0, committed or aborted; and over for readers, too: Kafka
     * writes the marker a little after it has told the producer.
     */
    void transaction(String topic, boolean commits, String... values) throws Exception {
        try (KafkaProducer<byte[], byte[]> transaction = openTransaction(topic, values)) {
            if (commits) {
                transaction.commitTransaction();
            } else {
                transaction.abortTransaction();
            }
        }
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Admin admin = Admin.create(cluster)) {
            Await.until(
                    "the transaction's marker is there",
                    Duration.ofSeconds(20),
                    () -> end(admin, partition, IsolationLevel.READ_COMMITTED)
                            == end(admin, partition, IsolationLevel.READ_UNCOMMITTED));
        }
    }

    private static long end(Admin admin, TopicPartition partition, IsolationLevel isolation) throws Exception {
        return admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
                .partitionResult(partition)
                .get()
                .offset();
    }

    /** Gives a topic more partitions. */
    void growTopic(String topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(cluster)) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                    .all()
                    .get();
        }
    }

    /** A transaction with {@code values} in it, on partition 0; the caller ends it. */
    KafkaProducer<byte[], byte[]> openTransaction(String topic, String... values) throws Exception {
        Map<String, Object> configuration = new HashMap<>(cluster);
        configuration.put("transactional.id", Names.unique("transaction"));
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(configuration, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        for (String value : values) {
            producer.send(new ProducerRecord<>(topic, 0, null, bytes(value))).get();
        }
        return producer;
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }
}
