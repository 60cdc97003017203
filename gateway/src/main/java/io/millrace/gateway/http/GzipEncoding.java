package io.millrace.gateway.http;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.mapping.http.AcceptEncoding;
import io.millrace.mapping.http.RequestHeaders;
import io.millrace.mapping.stream.MediaType;
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

    /** Whether this body goes out compressed to this client. */
    static boolean applies(RequestHeaders request, Chunk chunk, RangeBody body) {
        return body.length() >= SHORTEST
                && isCompressible(chunk.stream().configuration().contentType())
                && AcceptEncoding.parse(request) == AcceptEncoding.GZIP;
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

    private static boolean isCompressible(MediaType type) {
        String essence = type.essence();
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
