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

/** All requests in flight: counts them, so that a shutdown can wait for them, and logs each where that is asked for. */
final class RequestTraffic implements Filter {

    private static final Logger ACCESS = LoggerFactory.getLogger("io.millrace.access");

    private final boolean accessLog;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();

    RequestTraffic(boolean accessLog) {
        this.accessLog = accessLog;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        long begin = System.nanoTime();
        inFlight.incrementAndGet();
        try {
            chain.proceed();
        } finally {
            ended();
            if (accessLog) {
                log(request, response, System.nanoTime() - begin);
            }
        }
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)
                || response.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            // The server announces it and then leaves the connection open (helidon#12324).
            throw new CloseConnectionException("as the request or the response asks");
        }
    }

    /** Waits until no request is in flight; false where that takes too long. */
    boolean awaitNone(Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lock();
        try {
            while (inFlight.get() > 0) {
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

    private void ended() {
        if (inFlight.decrementAndGet() > 0) {
            return;
        }
        lock.lock();
        try {
            none.signalAll();
        } finally {
            lock.unlock();
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
