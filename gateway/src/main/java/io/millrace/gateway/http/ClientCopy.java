package io.millrace.gateway.http;

import io.millrace.gateway.log.ReadAnswer.Chunk;
import io.millrace.mapping.http.AcceptEncoding;
import io.millrace.mapping.http.IfNoneMatch;
import io.millrace.mapping.http.RequestHeaders;

/** What a client says it holds already, by name: whether a chunk is that can be told without its records. */
final class ClientCopy {

    private final IfNoneMatch named;
    private final boolean takesGzip;

    private ClientCopy(IfNoneMatch named, boolean takesGzip) {
        this.named = named;
        this.takesGzip = takesGzip;
    }

    /** As the headers {@code If-None-Match} and {@code Accept-Encoding} have it. */
    static ClientCopy of(RequestHeaders request) {
        return new ClientCopy(IfNoneMatch.parse(request), AcceptEncoding.parse(request) == AcceptEncoding.GZIP);
    }

    /**
     * Whether the client holds the answer that has {@code chunk}. What is true of one that takes gzip and holds it without
     * shows only where the records are known: short ones go out as they are.
     */
    boolean is(Chunk chunk) {
        return named instanceof IfNoneMatch.Tags && isNamed(etag(chunk));
    }

    /** Whether the client says that it holds what has this tag, or anything. */
    boolean isNamed(String etag) {
        return named.matches(etag);
    }

    /** The tag of {@code chunk} as this client would get it, where it is long enough for gzip to pay. */
    String etag(Chunk chunk) {
        return EntityTag.of(chunk, takesGzip(chunk));
    }

    /** Whether {@code body}, that of {@code chunk}, goes out compressed to this client. */
    boolean gzips(Chunk chunk, RangeBody body) {
        return takesGzip(chunk) && GzipEncoding.pays(body);
    }

    private boolean takesGzip(Chunk chunk) {
        return takesGzip && GzipEncoding.isCompressible(chunk);
    }
}
