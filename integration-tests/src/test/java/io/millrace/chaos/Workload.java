package io.millrace.chaos;

import io.millrace.history.Event;
import io.millrace.history.FinalRead;
import io.millrace.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** All clients of a run and the streams that they use: steady ones, short ones, and some that are deleted and created again. */
public final class Workload {

    private static final int STEADY = 4;
    private static final int STEADY_DEDICATED = 2;
    private static final int CHANGING = 3;
    private static final int CHANGING_DEDICATED = 1;
    private static final int SHORT_LANES = 2;

    /** A producer has so many messages of a stream in flight. */
    private static final int AT_ONCE = 5;

    private final List<Gateway> gateways;
    private final History history;
    private final long seed;
    private final Phase phase = new Phase();
    private final List<ChaosClient> writers = new ArrayList<>();
    private final List<ChaosClient> readers = new ArrayList<>();

    /**
     * A workload that has not begun.
     *
     * @param dedicated the folder of streams that have topics of their own, such as {@code /topics/}
     */
    public Workload(List<Gateway> gateways, History history, long seed, String dedicated) {
        this.gateways = List.copyOf(gateways);
        this.history = history;
        this.seed = seed;
        for (int i = 0; i < STEADY + STEADY_DEDICATED; i++) {
            addSteady((i < STEADY ? "/" : dedicated) + "steady-" + i, format(i));
        }
        for (int i = 0; i < CHANGING + CHANGING_DEDICATED; i++) {
            addChanging((i < CHANGING ? "/" : dedicated) + "changing-" + i, format(i));
        }
        for (int i = 0; i < SHORT_LANES; i++) {
            writers.add(new ShortStreams(this::client, "/short-" + i + "-", format(i), phase));
        }
    }

    /** Streams that nobody deletes; one producer writes to all of them, and each has one of its own. */
    private void addSteady(String path, Format format) {
        writers.add(new FirstCreating(
                client("creator of " + path),
                path,
                format,
                List.of(
                        new IdempotentProducer(
                                client("producer of " + path), "own", path, format, AT_ONCE, AtClose.STAY, phase),
                        new IdempotentProducer(
                                client("producer of all " + path), "all", path, format, 2, AtClose.STAY, phase),
                        new PlainWriter(client("writer of " + path), path, format, AtClose.STAY, phase),
                        new SequencedWriter(
                                client("sequencer of " + path), path, format, new AtomicLong(), AtClose.STAY, phase))));
        addReaders(path, format);
    }

    private void addChanging(String path, Format format) {
        AtomicLong counter = new AtomicLong();
        writers.add(new Owner(client("owner of " + path), path, format, phase));
        writers.add(new IdempotentProducer(client("producer of " + path), "own", path, format, 1, AtClose.STAY, phase));
        writers.add(new PlainWriter(client("writer of " + path), path, format, AtClose.STAY, phase));
        writers.add(new SequencedWriter(client("sequencer of " + path), path, format, counter, AtClose.STAY, phase));
        writers.add(
                new SequencedWriter(client("other sequencer of " + path), path, format, counter, AtClose.STAY, phase));
        addReaders(path, format);
    }

    private void addReaders(String path, Format format) {
        readers.add(new Reader(client("reader of " + path), path, format, Event.Mode.CATCH_UP, AtClose.STAY, phase));
        readers.add(new Reader(client("poller of " + path), path, format, Event.Mode.LONG_POLL, AtClose.STAY, phase));
        readers.add(new Reader(client("listener of " + path), path, format, Event.Mode.EVENTS, AtClose.STAY, phase));
        readers.add(new Inquirer(client("inquirer of " + path), path, phase));
    }

    private static Format format(int i) {
        return i % 2 == 0 ? Format.TEXT : Format.JSON;
    }

    private RecordingClient client(String name) {
        return new RecordingClient(name, gateways, history, new Random(seed ^ name.hashCode()));
    }

    /** What goes on while the clients work. */
    public interface Meanwhile {
        void run() throws Exception;
    }

    /** Runs all clients for as long as {@code meanwhile} takes, and then until the last of them has seen the end. */
    public void runDuring(Meanwhile meanwhile) throws Exception {
        Threads writing = Threads.start(writers);
        Threads readings = Threads.start(readers);
        try {
            meanwhile.run();
        } finally {
            phase.endWriting();
            try {
                writing.await();
            } finally {
                phase.endReading();
                readings.await();
            }
        }
    }

    /** Every stream in full through every gateway. */
    public List<FinalRead> readAll() throws Exception {
        Set<String> paths = history.events().stream()
                .map(event -> event.asked().path())
                .collect(Collectors.toCollection(TreeSet::new));
        List<FinalRead> all = new ArrayList<>();
        for (Gateway gateway : gateways) {
            RecordingClient client = new RecordingClient("last reader", List.of(gateway), history, new Random(seed));
            for (String path : paths) {
                all.add(new FinalRead(gateway.name(), path, readAll(client, path)));
            }
        }
        return all;
    }

    private static Optional<FinalRead.Stream> readAll(RecordingClient client, String path) throws InterruptedException {
        Format format = formatOf(path);
        List<String> messages = new ArrayList<>();
        String next = Event.BEGINNING;
        long endNanos = System.nanoTime() + ChaosClient.PATIENCE.toNanos();
        while (System.nanoTime() - endNanos < 0) {
            Optional<Event> event = client.read(path, format, next, Event.Mode.CATCH_UP);
            if (event.isEmpty()) {
                ChaosClient.pause(client, 20, 100);
            } else if (event.get() instanceof Event.Read read) {
                messages.addAll(read.messages());
                next = read.place().next();
                if (read.place().isAll()) {
                    return Optional.of(
                            new FinalRead.Stream(messages, next, read.place().isClosed()));
                }
            } else {
                return Optional.empty();
            }
        }
        throw new AssertionError("cannot read " + path + " to its end");
    }

    /** By the name's first number. */
    static Format formatOf(String path) {
        return format(Integer.parseInt(path.replaceAll("^[^0-9]*([0-9]+).*", "$1")));
    }
}
