package io.millrace.gateway.live;

import io.helidon.http.sse.SseEvent;
import io.millrace.gateway.log.LogFailure;
import io.millrace.gateway.log.ReadAnswer;
import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.gateway.log.WireRecord;
import io.millrace.mapping.sse.ControlEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * An SSE response (PROTOCOL.md 5.8): data events, each followed by a control event of its own, until the stream is
 * closed or gone, the response is old enough, or the gateway shuts down.
 *
 * <p>It holds nothing but a position. A reader that is slow makes its own thread wait in a write; when it goes on it
 * reads on from where it is, as a catch-up reader would. That a reader has left shows in a failing write.
 */
public final class EventStream implements AutoCloseable {

    private static final int WRITE_BYTES = 64 * 1024;
    private static final int CONTROL_BYTES = 160;

    /** How long a reader that is behind waits for Kafka to come back before it tries again. */
    private static final Duration WITHOUT_KAFKA = Duration.ofMillis(500);

    private final LiveReader reader;
    private final Chunk first;
    private final ReaderCursor cursor;
    private final Duration lifetime;
    private final Duration keepAlive;

    /**
     * A response that begins with {@code first}; it closes {@code reader}.
     *
     * @param lifetime  after this time it ends and its reader reconnects
     * @param keepAlive how long it may be silent
     */
    public EventStream(LiveReader reader, Chunk first, ReaderCursor cursor, Duration lifetime, Duration keepAlive) {
        this.reader = reader;
        this.first = first;
        this.cursor = cursor;
        this.lifetime = lifetime;
        this.keepAlive = keepAlive;
    }

    /** The stream as it was at the beginning. */
    public Chunk first() {
        return first;
    }

    /** Writes events until the response is over. */
    public void writeTo(OutputStream out) throws IOException, LogFailure, InterruptedException {
        long end = System.nanoTime() + lifetime.toNanos();
        Chunk chunk = first;
        writeEvents(chunk, out);
        long lastWrite = System.nanoTime();
        long told = chunk.end();
        while (!chunk.endOfStream()) {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive() || reader.isToEnd()) {
                out.write(Events.encode(position(chunk, chunk.end())));
                out.flush();
                return;
            }
            if (chunk.upToDate()) {
                reader.await(chunk.stream(), min(left, untilKeepAlive(lastWrite)));
            }
            Optional<ReadAnswer> next;
            try {
                next = reader.readOn(chunk);
            } catch (LogFailure _) {
                // The rules have changed, and show the stream no more; its next request is told why.
                out.write(Events.encode(position(chunk, chunk.end())));
                out.flush();
                return;
            }
            if (next.isEmpty()) {
                if (!chunk.upToDate()) {
                    reader.await(chunk.stream(), min(left, WITHOUT_KAFKA)); // the reader need not know
                }
            } else if (next.get() instanceof Chunk read) {
                boolean tells = !read.records().isEmpty() || read.endOfStream() || catchesUp(chunk, read);
                chunk = read;
                if (tells) {
                    writeEvents(chunk, out);
                    lastWrite = System.nanoTime();
                    told = chunk.end();
                }
            } else {
                return; // the stream is gone; the reader's next request is told so
            }
            if (!untilKeepAlive(lastWrite).isPositive()) {
                // Records that are none of this stream's move its offset: who comes back need not read them again.
                out.write(Events.encode(chunk.end() > told ? position(chunk, chunk.end()) : Events.KEEP_ALIVE));
                out.flush();
                lastWrite = System.nanoTime();
                told = chunk.end();
            }
        }
    }

    /** Whether the reader has all there is now, which it has not been told. */
    private static boolean catchesUp(Chunk before, Chunk now) {
        return now.upToDate() && !before.upToDate();
    }

    @Override
    public void close() {
        reader.close();
    }

    /** Writes a chunk's records, each with its control event; without records, where the reader is. */
    private void writeEvents(Chunk chunk, OutputStream out) throws IOException {
        if (chunk.records().isEmpty()) {
            out.write(Events.encode(position(chunk, chunk.end())));
            out.flush();
            return;
        }
        ByteArrayOutputStream batch = new ByteArrayOutputStream(firstWrite(chunk));
        for (WireRecord record : chunk.records()) {
            batch.writeBytes(record.dataEvent(chunk.stream().configuration().contentType()));
            // what follows the last record, if anything, is none of this stream's
            long next = record == chunk.records().getLast() ? chunk.end() : record.end();
            batch.writeBytes(Events.encode(position(chunk, next)));
            if (batch.size() >= WRITE_BYTES) {
                batch.writeTo(out);
                batch.reset();
            }
        }
        batch.writeTo(out);
        out.flush();
    }

    private SseEvent position(Chunk chunk, long position) {
        String next = chunk.token(position).text();
        if (position < chunk.end() || !chunk.upToDate()) {
            return Events.control(new ControlEvent.Behind(next, cursor.text()));
        }
        return Events.control(
                chunk.endOfStream() ? new ControlEvent.Closed(next) : new ControlEvent.UpToDate(next, cursor.text()));
    }

    private static int firstWrite(Chunk chunk) {
        long bytes = 0;
        for (WireRecord record : chunk.records()) {
            bytes += record.dataEvent(chunk.stream().configuration().contentType()).length + CONTROL_BYTES;
            if (bytes >= WRITE_BYTES) {
                return WRITE_BYTES;
            }
        }
        return (int) bytes;
    }

    private Duration untilKeepAlive(long lastWrite) {
        return keepAlive.minusNanos(System.nanoTime() - lastWrite);
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }
}
