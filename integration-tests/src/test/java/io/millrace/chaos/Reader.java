package io.millrace.chaos;

import io.millrace.history.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Follows a stream from its beginning, in one mode, until it is closed, if that is the end, or all is
 * read and nothing more is to come. A stream that is gone it looks for again at the beginning of the path.
 */
record Reader(RecordingClient client, String path, Format format, Event.Mode mode, AtClose atClose, Phase phase)
        implements ChaosClient {

    /** So many offsets it remembers, of this life of the path and of earlier ones. */
    private static final int REMEMBERED = 30;

    /** An SSE reader leaves after at most so many events. */
    private static final int LONGEST_STAY = 100;

    @Override
    public void run() throws InterruptedException {
        String next = Event.BEGINNING;
        List<String> remembered = new ArrayList<>();
        long endNanos = Long.MAX_VALUE;
        while (true) {
            boolean isLast = !phase.isReading();
            if (isLast && endNanos == Long.MAX_VALUE) {
                endNanos = System.nanoTime() + PATIENCE.toNanos();
            }
            Optional<Event> event = ask(next);
            boolean isDone = false;
            switch (event.orElse(null)) {
                case Event.Read read -> {
                    next = read.place().next();
                    remember(remembered, next);
                    boolean leaves = read.place().isClosed() && atClose == AtClose.LEAVE;
                    isDone = leaves || (isLast && read.place().isAll());
                    if (read.place().isClosed() && !isDone) {
                        ChaosClient.pause(client, 20, 200);
                    }
                }
                case Event.Absent _, Event.Gone _ -> {
                    isDone = isLast && next.equals(Event.BEGINNING);
                    next = Event.BEGINNING;
                    ChaosClient.pause(client, 20, 200);
                }
                case null, default -> ChaosClient.pause(client, 20, 200);
            }
            if (isDone) {
                return;
            }
            if (isLast && System.nanoTime() - endNanos > 0) {
                throw new AssertionError(client.name() + " cannot read " + path + " to its end; last: " + event);
            }
            if (mode == Event.Mode.CATCH_UP && !isLast) {
                next = wander(next, remembered);
                ChaosClient.pause(client, 50, 200);
            }
        }
    }

    private Optional<Event> ask(String next) throws InterruptedException {
        if (mode != Event.Mode.EVENTS) {
            return client.read(path, format, next, mode);
        }
        boolean isLast = !phase.isReading();
        int[] stay = {client.random().nextInt(1, LONGEST_STAY)};
        return client.events(path, format, next, read -> {
            stay[0]--;
            return stay[0] > 0 && !(isLast && read.place().isAll());
        });
    }

    /** Goes on, or to the beginning, to the tail, or to where it was earlier. */
    private String wander(String next, List<String> remembered) {
        return switch (client.random().nextInt(16)) {
            case 0 -> Event.BEGINNING;
            case 1 -> Event.NOW;
            case 2, 3 ->
                remembered.isEmpty() ? next : remembered.get(client.random().nextInt(remembered.size()));
            default -> next;
        };
    }

    private void remember(List<String> remembered, String next) {
        if (remembered.size() < REMEMBERED) {
            remembered.add(next);
        } else if (client.random().nextInt(10) == 0) {
            remembered.set(client.random().nextInt(REMEMBERED), next);
        }
    }
}
