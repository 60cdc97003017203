package io.millrace.mapping.simulation;

import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.OperationId;
import io.millrace.mapping.record.Sent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The Kafka producer of one gateway life: records arrive in the order in which they were sent, late, in batches; what it
 * holds when it is given up may still arrive, or the first part of it, or nothing.
 */
final class KafkaProducer {

    /** Who hears of acknowledgements. */
    interface Acknowledgements {
        void onAcknowledged(KafkaProducer producer, OperationId id, long offset, long timestampMillis);
    }

    /** What Kafka says of a record that it has, where it does not know any more. */
    private static final long NO_OFFSET = -1;

    private final World world;
    private final ArrayDeque<Sent> queue = new ArrayDeque<>();
    private @Nullable Acknowledgements acknowledgements;
    private boolean moving;
    private long lastAcknowledgement;

    KafkaProducer(World world, Acknowledgements acknowledgements) {
        this.world = world;
        this.acknowledgements = acknowledgements;
    }

    void send(Sent sent) {
        queue.add(sent);
        if (!moving) {
            moving = true;
            world.timeline.after(travel(), this::arrive);
        }
    }

    private long travel() {
        return !world.calm() && world.chance.oneIn(60) ? world.chance.between(500, 6_000) : world.chance.delay();
    }

    private void arrive() {
        for (int batch = world.chance.between(1, 5); batch > 0 && !queue.isEmpty(); batch--) {
            Sent sent = queue.removeFirst();
            LogRecord record = world.broker.append(sent);
            switch (world.trap == Trap.INCARNATION_UNCHECKED ? 0 : world.chance.between(0, 7)) {
                case 0 -> {} // the acknowledgement is lost
                case 1 -> acknowledge(sent, NO_OFFSET, record.timestampMillis());
                default -> acknowledge(sent, record.offset(), record.timestampMillis());
            }
        }
        moving = !queue.isEmpty();
        if (moving) {
            world.timeline.after(travel(), this::arrive);
        }
    }

    private void acknowledge(Sent sent, long offset, long timestampMillis) {
        lastAcknowledgement = Math.max(lastAcknowledgement, world.timeline.now() + world.chance.delay());
        world.timeline.after(lastAcknowledgement - world.timeline.now(), () -> {
            if (acknowledgements != null) {
                acknowledgements.onAcknowledged(this, sent.id(), offset, timestampMillis);
            }
        });
    }

    /** Closed, or dead with its gateway. */
    void giveUp() {
        acknowledgements = null;
        if (world.chance.oneIn(2)) {
            int landing = world.chance.between(0, queue.size());
            while (queue.size() > landing) {
                queue.removeLast();
            }
        }
    }
}
