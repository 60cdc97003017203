package io.millrace.gateway.tool;

/** What a command prints, without a line break at its end, and the exit code of its process. */
public record Printed(String text, int exitCode) {

    static final int FINE = 0;
    static final int WRONG = 1;
}
