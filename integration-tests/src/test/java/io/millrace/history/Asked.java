package io.millrace.history;

/**
 * Who asked whom about which stream, and when.
 *
 * @param client the name of the client
 * @param gateway the gateway that the request was sent to
 */
public record Asked(String client, String gateway, String path, Span span) {

    @Override
    public String toString() {
        return client + " by " + gateway + " " + span;
    }
}
