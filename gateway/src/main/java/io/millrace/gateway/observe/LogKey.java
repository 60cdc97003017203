package io.millrace.gateway.observe;

/** The keys of our log lines; no line has another. */
public enum LogKey {
    URL,
    ADMIN,
    BROKER,
    VERSION,
    METHOD,
    PATH,
    STATUS,
    BYTES,
    MILLIS,
    ERROR_ID,
    REASON,
    EXPIRES,
    OPEN,
    RULES;

    private final String text = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

    @Override
    public String toString() {
        return text;
    }
}
