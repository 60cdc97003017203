package io.millrace.chaos;

import java.net.URI;

/**
 * Where one of several gateways serves.
 *
 * @param streams such as {@code http://127.0.0.1:4437/v1/stream}
 */
public record Gateway(String name, URI streams) {}
