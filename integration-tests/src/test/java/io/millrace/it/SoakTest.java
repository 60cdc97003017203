package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers come and go, writers write, the broker ends and comes back; and in the end the gateway holds no more than soon
 * after its start, and nothing was lost, doubled or reordered. Half a minute by default, {@code -Plong} for twenty.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class SoakTest {

    private static final double MINUTES = Double.parseDouble(System.getProperty("soak.minutes", "0.5"));
    private static final Duration ALL = Duration.ofMillis((long) (MINUTES * 60_000));

    /** A JVM needs this long until it has compiled and pooled what it will; before that nothing is flat. */
    private static final boolean IS_LONG = MINUTES >= 2;

    private static final int RESTARTS = IS_LONG ? 5 : 1;

    /** This part of the time passes before the first look at what the gateway holds; one restart is in it. */
    private static final double SETTLING = 0.2;

    private static final int LANES = 6;
    private static final int MESSAGES = 150;
    private static final Duration BROKER_AWAY = Duration.ofSeconds(1);
    private static final Duration CLIENTS_LEAVE = Duration.ofMinutes(1);
    private static final int LOOKS = 10;

    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger restarts = new AtomicInteger();

    @Test
    void aGatewayHoldsWhatItHeldAndLosesNothing() throws Exception {
        try (ChildBroker broker = ChildBroker.start();
                GatewayProcess gateway = GatewayProcess.named("soak")
                        .on(broker)
                        .set("MILLRACE_STREAMS_LONG_POLL_TIMEOUT", "3s")
                        .set("MILLRACE_STREAMS_SSE_LIFETIME", "10s")
                        .set("MILLRACE_STREAMS_KEEP_ALIVE", "2s")
                        .set("MILLRACE_STREAMS_TAIL_BYTES", "1MiB") // full long before the first look
                        .start()) {
            Duration settling = Duration.ofMillis((long) (ALL.toMillis() * SETTLING));
            int first = IS_LONG ? 1 : 0;
            soak(settling, first, broker, gateway);
            Vitals before = vitals(gateway);
            soak(ALL.minus(settling), RESTARTS - first, broker, gateway);
            Vitals after = vitals(gateway);
            System.out.printf(
                    "soak of %.1f minutes: %d streams, %d messages, each read in three modes, %d restarts of the broker%n"
                            + "  before: %s%n  after:  %s%n",
                    MINUTES, streams.get(), messages.get(), restarts.get(), before, after);
            assertThat(restarts).hasValue(RESTARTS);
            assertThat(messages.get()).isGreaterThan(LANES * MESSAGES);
            assertThat(IS_LONG ? after.isFlatSince(before) : after.isWithoutClientsLike(before))
                    .as("after: %s; before: %s", after, before)
                    .isTrue();
        }
    }

    /** Clients come and go for this long, and then all have gone; meanwhile the broker ends so often. */
    private void soak(Duration time, int endings, ChildBroker broker, GatewayProcess gateway) throws Exception {
        long endNanos = System.nanoTime() + time.toNanos();
        List<Concurrently.Action> actions = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            int number = lane;
            actions.add(() -> {
                while (System.nanoTime() - endNanos < 0) {
                    String path = "/lane-" + number + "/" + Names.unique("stream");
                    messages.addAndGet(new SoakStream(gateway.client(), path, MESSAGES).live());
                    streams.incrementAndGet();
                }
            });
        }
        actions.add(() -> restart(broker, endings, time.dividedBy(endings + 1L)));
        if (IS_LONG) {
            actions.add(() -> look(gateway, time.dividedBy(LOOKS)));
        }
        Concurrently.all(actions);
    }

    /** Every other time as {@code kill -9} does. */
    private void restart(ChildBroker broker, int times, Duration between) throws Exception {
        for (int i = 0; i < times; i++) {
            Thread.sleep(between);
            if (restarts.incrementAndGet() % 2 == 0) {
                broker.kill();
            } else {
                broker.stop();
            }
            Thread.sleep(BROKER_AWAY);
            broker.restart();
        }
    }

    private void look(GatewayProcess gateway, Duration between) throws Exception {
        for (int i = 0; i < LOOKS; i++) {
            Thread.sleep(between);
            System.out.printf(
                    "soak, under load: %d messages, resident %d MiB, %d files, %d threads%n",
                    messages.get(),
                    Vitals.residentKib(gateway.process()) / 1024,
                    Vitals.files(gateway.process()),
                    Vitals.threads(gateway.process()));
        }
    }

    /** What the gateway holds when nobody is there. */
    private static Vitals vitals(GatewayProcess gateway) throws Exception {
        Await.until(
                "the connections of all clients are closed",
                CLIENTS_LEAVE,
                () -> LoopbackSockets.connectionsOf(gateway.port()) == 0);
        return Vitals.of(gateway.process());
    }
}
