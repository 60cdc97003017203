package io.millrace.gateway.http2;

import io.helidon.common.context.Context;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.http.DirectHandlers;
import java.util.concurrent.ExecutorService;

/** A listener as requests of one connection see it; through it they come to the connection's streams. */
record WatchedListener(ListenerContext helidon, ClientStreams streams) implements ListenerContext {

    @Override
    public Context context() {
        return helidon.context();
    }

    @Override
    public MediaContext mediaContext() {
        return helidon.mediaContext();
    }

    @Override
    public ContentEncodingContext contentEncodingContext() {
        return helidon.contentEncodingContext();
    }

    @Override
    public DirectHandlers directHandlers() {
        return helidon.directHandlers();
    }

    @Override
    public ListenerConfig config() {
        return helidon.config();
    }

    @Override
    public ExecutorService executor() {
        return helidon.executor();
    }
}
