package io.millrace.gateway.observe;

/** One log line: an event, then keys and values, {@code event=started url=http://127.0.0.1:4437}. Never payloads. */
public final class LogLine {

    private final StringBuilder text;

    private LogLine(String event) {
        text = new StringBuilder("event=").append(event);
    }

    /** The line of an event. */
    public static LogLine of(String event) {
        return new LogLine(event);
    }

    /** The line with one more pair; values that a reader could misread are quoted. */
    public LogLine with(LogKey key, Object value) {
        text.append(' ').append(key).append('=');
        String plain = value.toString();
        if (plain.isEmpty() || plain.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=' || c >= 0x7f)) {
            quote(plain);
        } else {
            text.append(plain);
        }
        return this;
    }

    private void quote(String plain) {
        text.append('"');
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                default -> text.append(c < ' ' ? ' ' : c);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
