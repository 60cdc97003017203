package io.millrace.gateway.config;

/** What kind of value a key takes. */
enum Unit {
    TEXT("text"),
    PORT("port"),
    COUNT("number"),
    DURATION("duration, such as 500ms, 20s, 5m"),
    SIZE("size, such as 64KiB, 1MiB, or bytes"),
    SWITCH("switch, true or false"),
    DIRECTORY("directory"),
    FILE("file");

    private final String meaning;

    Unit(String meaning) {
        this.meaning = meaning;
    }

    /** In words for an operator. */
    String meaning() {
        return meaning;
    }
}
