package io.millrace.gateway.watch;

import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what an operator has written again and again, and has it taken when it has changed. By content, because files
 * come by rename, by link and over networks, and not all of that is notified. What is broken is told once, and changes
 * nothing.
 */
public final class TextWatch<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TextWatch.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final String name;
    private final Subject<T> subject;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();

    /** As of the last look: what is said twice in a row is no file that is just being written. */
    private T seen;

    /** The last that was to be taken. */
    private T taken;

    /** Why that was refused; empty where it was not. */
    private String verdict = "";

    private volatile String trouble = "";

    /** What is watched. */
    public interface Subject<T> {

        /**
         * What is written now. It equals {@code before} where it is the same text.
         *
         * @throws Refused where nothing can be read
         */
        T read(T before) throws Refused;

        /**
         * Takes it as a whole.
         *
         * @throws Refused where it is wrong, and nothing has changed
         */
        void take(T text) throws Refused;
    }

    /** What is written cannot be taken; the message is for the operator. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        /** With the reason. */
        public Refused(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** A watch of {@code subject}, which log lines call {@code name}; {@code inForce} is what it has taken already. */
    public TextWatch(String name, Subject<T> subject, T inForce) {
        this.name = name;
        this.subject = subject;
        this.seen = inForce;
        this.taken = inForce;
    }

    /** Begins to look, until it is closed. */
    public void start() {
        Thread.ofVirtual().name(name + "-watch").start(this::run);
    }

    /** Has what is written taken at once, changed or not; answers why it is not, and empty where it is. */
    public Optional<String> takeNow() {
        lock.lock();
        try {
            seen = subject.read(seen);
            take(seen);
            return trouble();
        } catch (Refused e) {
            tell(e.reason());
            return trouble();
        } finally {
            lock.unlock();
        }
    }

    /** Why what is written is not what was taken, in words for an operator; empty where it is. */
    public Optional<String> trouble() {
        return Optional.of(trouble).filter(text -> !text.isEmpty());
    }

    @Override
    public void close() {
        stop.countDown();
    }

    private void run() {
        try {
            while (!stop.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody does that; it would be the end all the same
        }
    }

    /** Looks once. */
    void look() {
        lock.lock();
        try {
            T now = subject.read(seen);
            boolean isFinished = now.equals(seen);
            seen = now;
            if (now.equals(taken)) {
                tell(verdict);
            } else if (isFinished) {
                take(now);
            }
        } catch (Refused e) {
            tell(e.reason());
        } catch (RuntimeException e) {
            tell("it cannot be read: " + e); // the next time it may
        } finally {
            lock.unlock();
        }
    }

    private void take(T text) {
        taken = text;
        try {
            subject.take(text);
            verdict = "";
        } catch (Refused e) {
            verdict = e.reason();
        } catch (RuntimeException e) {
            verdict = "it cannot be taken: " + e;
            LOG.error("{}", LogLine.of(name + "-not-taken"), e);
        }
        tell(verdict);
    }

    private void tell(String newTrouble) {
        boolean isNews = !newTrouble.isEmpty() && !newTrouble.equals(trouble);
        trouble = newTrouble;
        if (isNews) {
            LOG.warn("{}", LogLine.of(name + "-kept").with(LogKey.REASON, newTrouble));
        }
    }
}
