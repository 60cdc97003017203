package io.millrace.chaos;

import io.millrace.history.Outcome;
import io.millrace.history.Refusal;
import io.millrace.history.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Appends with producer headers and sends each message again, with the same headers, until it is acknowledged. Several are
 * in flight at a time. Now and then it restarts with the next epoch, and what it was before still sends one message more.
 *
 * @param id the producer's id, which it may have in common with those on other streams
 * @param atOnce how many messages are in flight
 */
record IdempotentProducer(
        RecordingClient client, String id, String path, Format format, int atOnce, AtClose atClose, Phase phase)
        implements ChaosClient {

    /** What became of a message. */
    private enum End {
        STORED,
        CLOSED,
        /** The stream does not know this producer any more: it is another one. */
        FORGOTTEN
    }

    @Override
    public void run() throws Exception {
        Messages messages = new Messages(client.name(), client.random());
        long epoch = 0;
        long seq = 0;
        while (phase.isWriting()) {
            switch (burst(messages, epoch, seq)) {
                case STORED -> seq += atOnce;
                case CLOSED -> {
                    if (atClose == AtClose.LEAVE) {
                        return;
                    }
                    epoch++;
                    seq = 0;
                }
                case FORGOTTEN -> {
                    epoch++;
                    seq = 0;
                }
            }
            if (client.random().nextInt(20) == 0 && seq > 0) {
                epoch++;
                seq = restart(messages, epoch, seq) ? 1 : 0;
            }
            ChaosClient.pause(client, 50, 60 + 60 * atOnce);
        }
    }

    /** Opens a new epoch, and then sends a message in the old one; whether the new one is open. */
    private boolean restart(Messages messages, long epoch, long seq) throws InterruptedException {
        End opened =
                send(messages.next("opens epoch " + epoch), new Writer.Producer(id, epoch, 0), new AtomicBoolean());
        if (opened == End.STORED) {
            client.append(path, format, messages.next("late"), new Writer.Producer(id, epoch - 1, seq), false);
        }
        return opened == End.STORED;
    }

    private End burst(Messages messages, long epoch, long from) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        List<Future<End>> sent = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long seq = from; seq < from + atOnce; seq++) {
                String message = messages.next("epoch " + epoch + " seq " + seq);
                Writer.Producer headers = new Writer.Producer(id, epoch, seq);
                sent.add(threads.submit(() -> send(message, headers, isOver)));
            }
        }
        End end = End.STORED;
        for (Future<End> one : sent) {
            End its = result(one);
            end = its == End.STORED ? end : its;
        }
        return end;
    }

    private static End result(Future<End> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a producer failed", e.getCause());
        }
    }

    /** Until it is acknowledged, or never can be; {@code isOver} tells so of its neighbours. */
    private End send(String message, Writer.Producer headers, AtomicBoolean isOver) throws InterruptedException {
        long endNanos = Long.MAX_VALUE;
        for (int attempt = 0; !isOver.get(); attempt++) {
            switch (client.append(path, format, message, headers, false)) {
                case Outcome.Acknowledged _ -> {
                    return End.STORED;
                }
                case Outcome.Refused(Refusal.Closed _) -> {
                    isOver.set(true);
                    return End.CLOSED;
                }
                case Outcome.Refused(Refusal.Gap gap)
                when isForgotten(gap, headers) -> {
                    isOver.set(true);
                    return End.FORGOTTEN;
                }
                case Outcome.Refused(Refusal.Absent _)
                when !phase.isWriting() -> {
                    isOver.set(true);
                    return End.FORGOTTEN;
                }
                case Outcome.Refused _, Outcome.Deleted _, Outcome.Unknown _ -> {}
            }
            if (!phase.isWriting() && endNanos == Long.MAX_VALUE) {
                endNanos = System.nanoTime() + PATIENCE.toNanos();
            }
            if (endNanos != Long.MAX_VALUE && System.nanoTime() - endNanos > 0) {
                throw new AssertionError(client.name() + " was never told what became of " + headers);
            }
            ChaosClient.pause(client, 20, 40 + 40 * Math.min(attempt, 5));
        }
        return End.FORGOTTEN;
    }

    /** A producer that has one message in flight leaves no gaps. */
    private boolean isForgotten(Refusal.Gap gap, Writer.Producer headers) {
        return atOnce == 1 && gap.expected() < headers.seq();
    }
}
