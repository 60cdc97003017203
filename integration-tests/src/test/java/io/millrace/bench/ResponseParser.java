package io.millrace.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/** Takes the bytes of a connection, in pieces of any length, apart into HTTP/1.1 responses. */
final class ResponseParser {

    private static final int LONGEST_HEAD = 64 * 1024;
    private static final int LONGEST_CHUNK_SIZE = 16;

    /** Hears of responses, one after the other. */
    interface Listener {

        /** A response begins. */
        void onHead(ResponseHead head);

        /** More of its body, without transfer coding: {@code bytes} from {@code from} to {@code to - 1}. */
        default void onBody(byte[] bytes, int from, int to) {}

        /** It is complete. */
        void onEnd();
    }

    /** What the next byte belongs to. */
    private enum Part {
        HEAD,
        SIZED_BODY,
        CHUNK_SIZE,
        CHUNK,
        AFTER_CHUNK,
        TRAILER
    }

    private final Listener listener;
    private Part part = Part.HEAD;
    private byte[] head = new byte[1024];
    private int headBytes;
    private long left;
    private int sizeDigits;
    private boolean sizeEnded;
    private int lineBytes;
    private long responses;

    ResponseParser(Listener listener) {
        this.listener = listener;
    }

    /** How many responses are complete. */
    long responses() {
        return responses;
    }

    /** The next bytes: {@code bytes} from {@code from} to {@code to - 1}. */
    void onBytes(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            at = switch (part) {
                case HEAD -> onHead(bytes, at, to);
                case SIZED_BODY, CHUNK -> onBody(bytes, at, to);
                case CHUNK_SIZE -> onChunkSize(bytes[at], at);
                case AFTER_CHUNK -> onAfterChunk(at);
                case TRAILER -> onTrailer(bytes[at], at);
            };
        }
    }

    private int onHead(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at++) {
            if (headBytes == head.length) {
                if (headBytes == LONGEST_HEAD) {
                    throw new BenchFailure("a response head has more than " + LONGEST_HEAD + " bytes");
                }
                head = Arrays.copyOf(head, 2 * head.length);
            }
            head[headBytes++] = bytes[at];
            if (bytes[at] == '\n' && endsWithEmptyLine()) {
                ResponseHead complete = new ResponseHead(head, headBytes - 4);
                headBytes = 0;
                begin(complete);
                return at + 1;
            }
        }
        return to;
    }

    private boolean endsWithEmptyLine() {
        return headBytes >= 4
                && head[headBytes - 2] == '\r'
                && head[headBytes - 3] == '\n'
                && head[headBytes - 4] == '\r';
    }

    private void begin(ResponseHead complete) {
        int status = complete.status();
        boolean isChunked = complete.field("transfer-encoding")
                .filter(coding -> coding.equalsIgnoreCase("chunked"))
                .isPresent();
        long length = isChunked || status == 204 || status == 304 ? 0 : sizeOf(complete);
        if (isChunked) {
            part = Part.CHUNK_SIZE;
            sizeDigits = 0;
            sizeEnded = false;
        } else {
            part = Part.SIZED_BODY;
        }
        left = length;
        listener.onHead(complete);
        if (part == Part.SIZED_BODY && left == 0) {
            end();
        }
    }

    private static long sizeOf(ResponseHead complete) {
        String length = complete.field("content-length")
                .orElseThrow(() -> new BenchFailure("neither a length nor chunks: " + complete));
        try {
            return Long.parseUnsignedLong(length);
        } catch (NumberFormatException e) {
            throw new BenchFailure("no length: " + complete, e);
        }
    }

    private int onBody(byte[] bytes, int from, int to) {
        int end = (int) Math.min(to, from + left);
        left -= end - from;
        listener.onBody(bytes, from, end);
        if (left == 0) {
            if (part == Part.CHUNK) {
                part = Part.AFTER_CHUNK;
                left = 2;
            } else {
                end();
            }
        }
        return end;
    }

    private int onChunkSize(byte letter, int at) {
        int digit = Character.digit(letter, 16);
        if (letter == '\n') {
            if (sizeDigits == 0) {
                throw new BenchFailure("a chunk without a size");
            }
            part = left == 0 ? Part.TRAILER : Part.CHUNK;
            lineBytes = 0;
        } else if (digit >= 0 && !sizeEnded) {
            if (++sizeDigits >= LONGEST_CHUNK_SIZE) {
                throw new BenchFailure("a chunk that is too large");
            }
            left = 16 * left + digit;
        } else if (letter == '\r' || letter == ';') {
            sizeEnded = true; // what follows a semicolon is an extension, which nobody needs
        } else if (!sizeEnded) {
            throw new BenchFailure("no chunk size: " + new String(new byte[] {letter}, ISO_8859_1));
        }
        return at + 1;
    }

    private int onAfterChunk(int at) {
        if (--left == 0) {
            part = Part.CHUNK_SIZE;
            sizeDigits = 0;
            sizeEnded = false;
        }
        return at + 1;
    }

    private int onTrailer(byte letter, int at) {
        if (letter == '\n') {
            if (lineBytes == 0) {
                end();
            }
            lineBytes = 0;
        } else if (letter != '\r') {
            lineBytes++;
        }
        return at + 1;
    }

    private void end() {
        part = Part.HEAD;
        responses++;
        listener.onEnd();
    }
}
