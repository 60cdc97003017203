package io.millrace.mapping.simulation.fork;

import io.millrace.mapping.record.LogRecord;
import io.millrace.mapping.record.Sent;
import java.util.ArrayDeque;

/**
 * What a gateway's Kafka producer has on its way to one partition: records arrive in the order in which they were sent,
 * late, in batches; what it holds when it is given up may still arrive, or the first part of it, or nothing.
 */
final class Line {

    private final World world;
    private final Life life;
    private final Partition partition;
    private final ArrayDeque<Sent> queue = new ArrayDeque<>();
    private boolean moving;
    private boolean over;
    private long lastAcknowledgement;

    Line(World world, Life life, Partition partition) {
        this.world = world;
        this.life = life;
        this.partition = partition;
    }

    void send(Sent sent) {
        queue.add(sent);
        if (!moving) {
            moving = true;
            world.timeline.after(travel(), this::arrive);
        }
    }

    private long travel() {
        return !world.calm() && world.chance.oneIn(40) ? world.chance.between(500, 5_000) : world.chance.delay();
    }

    private void arrive() {
        for (int batch = world.chance.between(1, 4); batch > 0 && !queue.isEmpty(); batch--) {
            Sent sent = queue.removeFirst();
            LogRecord record = partition.append(sent);
            // without an acknowledgement, or with one that names no offset, the follower brings it
            if (!world.chance.oneIn(4) && world.trap != Trap.CANCELLED_NOT_REMEMBERED) {
                acknowledge(sent, record);
            }
        }
        moving = !queue.isEmpty();
        if (moving) {
            world.timeline.after(travel(), this::arrive);
        }
    }

    private void acknowledge(Sent sent, LogRecord record) {
        lastAcknowledgement = Math.max(lastAcknowledgement, world.timeline.now() + world.chance.delay());
        life.later(lastAcknowledgement - world.timeline.now(), () -> {
            if (!over) {
                life.copy(partition).onAcknowledged(sent.id(), record.offset(), record.timestampMillis());
            }
        });
    }

    /** Closed, or dead with its gateway. */
    void giveUp() {
        over = true;
        if (world.chance.oneIn(2)) {
            int landing = world.chance.between(0, queue.size());
            while (queue.size() > landing) {
                queue.removeLast();
            }
        }
    }
}
