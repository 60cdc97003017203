package io.millrace.gateway.http;

import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.millrace.gateway.observe.LogKey;
import io.millrace.gateway.observe.LogLine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All requests in flight: counts them, so that a shutdown can wait for them, ends their connections then, and logs each
 * where that is asked for.
 */
final class RequestTraffic implements Filter {

    private static final Logger ACCESS = LoggerFactory.getLogger("io.millrace.access");

    private final boolean accessLog;
    private volatile Requests begun = new Requests();
    private volatile boolean ending;

    RequestTraffic(boolean accessLog) {
        this.accessLog = accessLog;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long begin = System.nanoTime();
        Requests among = begun;
        among.add();
        if (ending) {
            response.header(HeaderFields.CLOSE);
        }
        try {
            chain.proceed();
        } finally {
            among.remove();
            if (accessLog) {
                log(request, response, System.nanoTime() - begin);
            }
        }
        if (endsConnection(request, response)) {
            // The server announces it and then leaves the connection open (helidon#12324).
            throw new CloseConnectionException("as the request or the response asks, or the gateway stops");
        }
    }

    /** From now on a connection ends with its request; one of HTTP/2, which carries many, with the server. */
    void endConnections() {
        ending = true;
    }

    /** Waits until no request is in flight that had begun before; false where that takes too long. */
    boolean awaitBegun(Duration most) throws InterruptedException {
        Requests before = begun;
        begun = new Requests();
        return before.awaitNone(most);
    }

    private boolean endsConnection(RoutingRequest request, RoutingResponse response) {
        return request.headers().contains(HeaderValues.CONNECTION_CLOSE)
                || response.headers().contains(HeaderValues.CONNECTION_CLOSE)
                || (ending && !request.prologue().protocolVersion().equals(Http2Answers.HTTP_2));
    }

    /** Some of the requests in flight. */
    private static final class Requests {

        private final AtomicInteger count = new AtomicInteger();
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition none = lock.newCondition();

        void add() {
            count.incrementAndGet();
        }

        void remove() {
            if (count.decrementAndGet() > 0) {
                return;
            }
            lock.lock();
            try {
                none.signalAll();
            } finally {
                lock.unlock();
            }
        }

        boolean awaitNone(Duration most) throws InterruptedException {
            long left = most.toNanos();
            lock.lock();
            try {
                while (count.get() > 0) {
                    if (left <= 0) {
                        return false;
                    }
                    left = none.awaitNanos(left);
                }
                return true;
            } finally {
                lock.unlock();
            }
        }
    }

    private static void log(RoutingRequest request, RoutingResponse response, long nanos) {
        ACCESS.info(
                "{}",
                LogLine.of("request")
                        .with(LogKey.METHOD, request.prologue().method().text())
                        .with(LogKey.PATH, request.prologue().uriPath().rawPath())
                        .with(LogKey.STATUS, response.status().code())
                        .with(LogKey.BYTES, response.bytesWritten())
                        .with(LogKey.MILLIS, TimeUnit.NANOSECONDS.toMillis(nanos)));
    }
}
