package io.millrace.gateway.config;

/** What the records demand of their values; a breach is one sentence that names the key. */
final class Check {

    private Check() {}

    static void that(boolean holds, Key key, String demand) {
        if (!holds) {
            throw new IllegalArgumentException(key.path() + " " + demand + ".");
        }
    }

    static void port(int port, Key key) {
        that(port <= 65_535, key, "must be a port, 0 to 65535");
    }
}
