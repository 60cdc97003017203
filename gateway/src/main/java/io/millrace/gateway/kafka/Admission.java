package io.millrace.gateway.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** What is on its way to Kafka, and what may still set out: bounded in all and for each partition. */
final class Admission {

    /*
     * A partition that Kafka does not write to, because it has no leader or too few replicas, keeps what was sent to it
     * for as long as that lasts. It may not take the room of the others: one partition gets a part of the whole only,
     * and what has waited for longer than its clients do is stalled and counted apart. The stalled bytes of many dead
     * partitions have a bound of their own, as large as the whole; past it only giving up on them gives memory back.
     */

    /** Of the whole, one partition may take this part. */
    private static final int PARTS = 4;

    /** Whether a record may set out. */
    sealed interface Verdict {
        /** It counts from now on, until {@link #settled}. */
        record Admitted(Ticket ticket) implements Verdict {}

        /** Its partition has too much on its way. */
        record PartitionFull() implements Verdict {}

        /** All partitions together have. */
        record Full() implements Verdict {}

        /** So much is stalled that it must be given up. */
        record Clogged() implements Verdict {}
    }

    /** One record on its way since {@code sinceNanos}. */
    static final class Ticket {
        private final TopicPartition partition;
        private final long bytes;
        private final long sinceNanos;

        private Ticket(TopicPartition partition, long bytes, long sinceNanos) {
            this.partition = partition;
            this.bytes = bytes;
            this.sinceNanos = sinceNanos;
        }
    }

    /** What one partition has on its way, oldest first. */
    private static final class Share {
        private final Deque<Ticket> tickets = new ArrayDeque<>();
        private long bytes;
    }

    private final long most;
    private final long mostOfPartition;
    private final long stalledAfterNanos;
    private final Map<TopicPartition, Share> shares = new HashMap<>();
    private long bytes;

    /**
     * Room for {@code most} bytes, of which the largest record takes {@code largest}; a record whose fate is unknown
     * after {@code stalledAfter} is stalled.
     */
    Admission(long most, long largest, Duration stalledAfter) {
        this.most = Math.max(most, largest);
        this.mostOfPartition = Math.max(most / PARTS, largest);
        this.stalledAfterNanos = stalledAfter.toNanos();
    }

    /** The most that can be on its way at a time, stalled bytes included. */
    static long mostInAll(long most, long largest) {
        return 2 * Math.max(most, largest);
    }

    /** Whether a record of {@code size} bytes may set out for {@code partition} now. */
    synchronized Verdict admit(TopicPartition partition, long size, long nowNanos) {
        Share share = shares.get(partition);
        if (share != null && share.bytes + size > mostOfPartition) {
            return new Verdict.PartitionFull();
        }
        if (bytes + size > most) {
            long stalled = stalledBytes(nowNanos);
            if (stalled > most) {
                return new Verdict.Clogged();
            }
            if (bytes - stalled + size > most) {
                return new Verdict.Full();
            }
        }
        Ticket ticket = new Ticket(partition, size, nowNanos);
        share = shares.computeIfAbsent(partition, _ -> new Share());
        share.tickets.addLast(ticket);
        share.bytes += size;
        bytes += size;
        return new Verdict.Admitted(ticket);
    }

    /** The record of {@code ticket} is not on its way any more; returns whether no other one is either. */
    synchronized boolean settled(Ticket ticket) {
        Share share = shares.get(ticket.partition);
        if (share == null || !share.tickets.remove(ticket)) {
            throw new IllegalStateException("a record of " + ticket.partition + " has settled twice");
        }
        share.bytes -= ticket.bytes;
        bytes -= ticket.bytes;
        if (share.tickets.isEmpty()) {
            shares.remove(ticket.partition);
        }
        return shares.isEmpty();
    }

    private long stalledBytes(long nowNanos) {
        long stalled = 0;
        for (Share share : shares.values()) {
            if (nowNanos - share.tickets.getFirst().sinceNanos > stalledAfterNanos) {
                stalled += share.bytes;
            }
        }
        return stalled;
    }
}
