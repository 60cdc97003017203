package io.millrace.gateway.http;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compression of reads, where the client takes it and it pays. */
final class GzipEncoding {

    /** Below this the body fits one packet anyway. */
    private static final int SHORTEST = 1024;

    private static final Set<String> COMPRESSED = Set.of(
            "application/gzip",
            "application/x-gzip",
            "application/zip",
            "application/zstd",
            "application/x-brotli",
            "application/x-bzip2",
            "application/x-xz",
            "application/x-7z-compressed",
            "application/vnd.rar",
            "application/pdf",
            "font/woff",
            "font/woff2",
            "font/otf");

    private GzipEncoding() {}

    /** Whether a body is long enough for it. */
    static boolean pays(RangeBody body) {
        return body.length() >= SHORTEST;
    }

    static byte[] encode(RangeBody body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream((int) (body.length() / 4) + 64);
        try (OutputStream gzip = new FastGzip(compressed)) {
            body.writeTo(gzip);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not refuse a write
        }
        return compressed.toByteArray();
    }

    /** Whether compression may make it shorter, as its type has it. */
    static boolean isCompressible(Chunk chunk) {
        String essence = chunk.stream().configuration().contentType().essence();
        if (essence.equals("image/svg+xml") || essence.equals("image/bmp")) {
            return true;
        }
        return !COMPRESSED.contains(essence)
                && !essence.startsWith("image/")
                && !essence.startsWith("video/")
                && !essence.startsWith("audio/");
    }

    /** Gzip at the level that costs a gateway least; most of the gain is in the first level. */
    private static final class FastGzip extends GZIPOutputStream {

        private static final int BUFFER = 8 * 1024;

        FastGzip(OutputStream out) throws IOException {
            super(out, BUFFER);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
