package io.millrace.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.bench.DeliveryCheck.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * From the start of a gateway's process, as an operator starts it, to the moment at which it says that it is ready, and to
 * the end of its first answer to a reader; what it stores in runs already, and the stream is there.
 */
record StartWorkload(String name, int starts, int messageBytes) implements Workload {

    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(2);
    private static final int ANSWER_MILLIS = 5_000;
    private static final byte[] READY = "HTTP/1.1 200 ".getBytes(US_ASCII);
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public Optional<String> reasonToSkip(Contender contender) {
        return contender.isMillrace() ? Optional.empty() : Optional.of("only a gateway's start is measured");
    }

    @Override
    public Result run(Contender contender, Pace pace) throws IOException {
        try (EventLoop loop = new EventLoop();
                StreamSet made = StreamSet.create(loop, contender.target(), Target.TEXT, 1)) {
            String stream = made.names().getFirst();
            int[] acknowledged = Lane.appendOne(loop, contender.target(), stream, messageBytes);
            Reader reader = gateway -> Reading.toTail(loop, gateway.target(), stream, messageBytes, acknowledged)
                    .verdict();
            Starts untrained = new Starts();
            for (int i = 0; i < starts; i++) {
                untrained.add(contender, Fresh.Training.NONE, reader);
            }
            Starts training = new Starts();
            training.add(contender, Fresh.Training.LEARNS, reader);
            Starts trained = new Starts();
            for (int i = 0; i < starts; i++) {
                trained.add(contender, Fresh.Training.LEARNT, reader);
            }
            return new Result(
                    List.of(
                            new Figure("ready", "ms", Report.median(untrained.ready)),
                            new Figure("first-read", "ms", Report.median(untrained.read)),
                            new Figure("longest", "ms", Collections.max(untrained.read)),
                            new Figure("trained-ready", "ms", Report.median(trained.ready)),
                            new Figure("trained-first-read", "ms", Report.median(trained.read)),
                            new Figure("trained-longest", "ms", Collections.max(trained.read))),
                    untrained.verdict.plus(training.verdict).plus(trained.verdict));
        }
    }

    /** Reads what was appended, through a gateway that has just started. */
    private interface Reader {
        Verdict read(Fresh gateway) throws IOException;
    }

    /** What several starts have taken. */
    private static final class Starts {
        private final List<Double> ready = new ArrayList<>();
        private final List<Double> read = new ArrayList<>();
        private Verdict verdict = Verdict.NOTHING;

        void add(Contender contender, Fresh.Training training, Reader reader) throws IOException {
            long beganNanos = System.nanoTime();
            try (Fresh gateway = contender.launchAnother(training)) {
                awaitReady(gateway, beganNanos);
                ready.add(millisSince(beganNanos));
                verdict = verdict.plus(reader.read(gateway));
                read.add(millisSince(beganNanos));
            }
        }
    }

    private static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / NANOS_PER_MILLI;
    }

    /** Asks over and over: that a process listens, or is ready, is no event that another one could wait for. */
    private static void awaitReady(Fresh gateway, long beganNanos) {
        while (!isReady(gateway.target())) {
            if (!gateway.process().isAlive()) {
                throw new BenchFailure("the gateway ended before it was ready");
            }
            if (System.nanoTime() - beganNanos > START.toNanos()) {
                throw new BenchFailure("the gateway was not ready within " + START.toMillis() + " ms");
            }
            LockSupport.parkNanos(BETWEEN_QUESTIONS.toNanos());
        }
    }

    private static boolean isReady(Target target) {
        InetSocketAddress address = target.address();
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            ByteBuffer question = target.ready();
            byte[] bytes = new byte[question.remaining()];
            question.get(bytes);
            socket.getOutputStream().write(bytes);
            return Arrays.equals(socket.getInputStream().readNBytes(READY.length), READY);
        } catch (IOException e) {
            return false; // nobody listens yet
        }
    }
}
