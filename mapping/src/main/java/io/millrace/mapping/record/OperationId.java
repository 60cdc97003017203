package io.millrace.mapping.record;

import java.util.Optional;

/**
 * Names one operation for ever: the life of a gateway's producer that sent it, and a counter that rises in send order.
 * Text: {@code <gateway>.<counter>}.
 *
 * @param gateway 1 to 32 characters of {@code [a-z0-9]}, drawn anew with every producer
 * @param counter 1 to 18 digits, from 1
 */
public record OperationId(String gateway, long counter) {

    private static final int MOST_GATEWAY = 32;
    private static final long MOST_COUNTER = 999_999_999_999_999_999L;

    public OperationId {
        if (!legalGateway(gateway) || counter < 1 || counter > MOST_COUNTER) {
            throw new IllegalArgumentException("not an operation id: " + gateway + "." + counter);
        }
    }

    /** The operation id that {@code text} is, or empty. */
    public static Optional<OperationId> parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 1 || !legalGateway(text.substring(0, dot))) {
            return Optional.empty();
        }
        String counter = text.substring(dot + 1);
        if (counter.isEmpty() || counter.length() > 18 || counter.charAt(0) == '0') {
            return Optional.empty();
        }
        for (int i = 0; i < counter.length(); i++) {
            if (counter.charAt(i) < '0' || counter.charAt(i) > '9') {
                return Optional.empty();
            }
        }
        return Optional.of(new OperationId(text.substring(0, dot), Long.parseLong(counter)));
    }

    /** The id as records carry it. */
    public String text() {
        return gateway + "." + counter;
    }

    @Override
    public String toString() {
        return text();
    }

    private static boolean legalGateway(String gateway) {
        if (gateway.isEmpty() || gateway.length() > MOST_GATEWAY) {
            return false;
        }
        for (int i = 0; i < gateway.length(); i++) {
            char c = gateway.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
                return false;
            }
        }
        return true;
    }
}
