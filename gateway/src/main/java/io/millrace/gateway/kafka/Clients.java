package io.millrace.gateway.kafka;

import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.LogSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that speaks to Kafka for one gateway: made together, or not at all. */
record Clients(
        Admin admin,
        Topics topics,
        Consumers consumers,
        ManagedProducer producer,
        PlainProducer plainProducer,
        KeepingProducer keepingProducer,
        EndOffsets endOffsets,
        List<Follower> followers)
        implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
    private static final int FOLLOWERS = 2;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    Clients {
        followers = List.copyOf(followers);
    }

    /**
     * Makes and starts them; that Kafka answers is not needed for that.
     *
     * @throws LogFailure.Unavailable where Kafka's name is not known, which may pass
     * @throws KafkaStreamLog.StartRefused where Kafka's clients do not take the operator's properties
     */
    static Clients start(LogSettings settings, Waiting waiting, ManagedProducer.Listener listener)
            throws LogFailure.Unavailable {
        if (!isResolvable(settings.bootstrapServers())) {
            throw unknownName(settings);
        }
        Deque<AutoCloseable> made = new ArrayDeque<>();
        try {
            return start(settings, waiting, listener, made);
        } catch (KafkaException e) {
            made.forEach(Clients::end);
            if (!isResolvable(settings.bootstrapServers())) {
                throw unknownName(settings); // since a moment ago
            }
            throw new KafkaStreamLog.StartRefused(
                    "Kafka's clients cannot be made of the properties below kafka.client: " + deepest(e));
        }
    }

    private static Clients start(
            LogSettings settings, Waiting waiting, ManagedProducer.Listener listener, Deque<AutoCloseable> made) {
        ClientProperties properties = new ClientProperties(settings);
        Admin admin = Admin.create(properties.admin());
        made.push(() -> admin.close(CLOSE_TIMEOUT));
        Consumers consumers =
                new Consumers(properties.reader(), settings.bounds().readers());
        made.push(consumers);
        EndOffsets endOffsets = new EndOffsets(admin);
        made.push(endOffsets);
        List<Follower> followers = new ArrayList<>();
        for (int i = 0; i < FOLLOWERS; i++) {
            Follower follower = new Follower(i, properties.follower());
            made.push(follower);
            followers.add(follower);
        }
        int maxRecordBytes = ClientProperties.maxRecordBytes(settings);
        Admission admission =
                new Admission(settings.bounds().inFlightBytes(), maxRecordBytes, settings.appendTimeout());
        ManagedProducer producer = new ManagedProducer(properties.producer(), admission, listener);
        Topics topics = new Topics(
                admin,
                maxRecordBytes,
                settings.compactionLag(),
                waiting,
                settings.bounds().lookups());
        PlainProducer plainProducer = new PlainProducer(properties.plainProducer(), settings.appendTimeout());
        KeepingProducer keepingProducer = new KeepingProducer(properties.keepingProducer());
        endOffsets.start();
        followers.forEach(Follower::start);
        producer.start();
        return new Clients(admin, topics, consumers, producer, plainProducer, keepingProducer, endOffsets, followers);
    }

    private static boolean isResolvable(String bootstrapServers) {
        return Stream.of(bootstrapServers.split(","))
                .map(server -> server.substring(0, server.lastIndexOf(':')).strip())
                .anyMatch(Clients::isKnown);
    }

    private static boolean isKnown(String host) {
        try {
            return InetAddress.getAllByName(host).length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static LogFailure.Unavailable unknownName(LogSettings settings) {
        return new LogFailure.Unavailable(
                "no name in " + settings.bootstrapServers() + " (kafka.bootstrap-servers) is known yet", RETRY_AFTER);
    }

    /** The innermost cause says what is wrong; the outer ones say that something is. */
    private static String deepest(Throwable failure) {
        Throwable deepest = failure;
        for (Throwable next = failure; next != null; next = next.getCause()) {
            deepest = next;
        }
        String message = deepest.getMessage();
        return message == null
                ? deepest.toString()
                : message.lines().findFirst().orElse("");
    }

    /** Who tails {@code partition}, always the same one. */
    Follower follower(TopicPartition partition) {
        return followers.get(Math.floorMod(partition.hashCode(), followers.size()));
    }

    @Override
    public void close() {
        end(producer);
        end(plainProducer);
        end(keepingProducer);
        followers.forEach(Clients::end);
        end(endOffsets);
        end(consumers);
        end(() -> admin.close(CLOSE_TIMEOUT));
    }

    private static void end(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            LOG.warn("event=client-not-closed", e);
        }
    }
}
