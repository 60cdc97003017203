package io.millrace.history;

import java.util.List;

/** One request and what came of it. */
public sealed interface Event {

    /** The offset by which a reader asks for the whole stream. */
    String BEGINNING = "-1";

    /** The offset by which a reader asks for what is still to come. */
    String NOW = "now";

    Asked asked();

    /** PUT without data. */
    record Create(Asked asked, Outcome outcome) implements Event {}

    /**
     * POST of one message.
     *
     * @param message text that no other request carries, but for those that a producer sends again with the same headers
     * @param closes whether the stream was to be closed with it
     */
    record Append(Asked asked, String message, Writer writer, boolean closes, Outcome outcome) implements Event {}

    /** POST that closes, without data. */
    record Close(Asked asked, Outcome outcome) implements Event {}

    /** DELETE. */
    record Delete(Asked asked, Outcome outcome) implements Event {}

    /**
     * A part of a stream that was served: an answer, or of an SSE response what one control event ends.
     *
     * @param from the offset that was asked for
     */
    record Read(Asked asked, Mode mode, String from, List<String> messages, Place place) implements Event {

        public Read {
            messages = List.copyOf(messages);
        }
    }

    /** HEAD of a stream that is there. */
    record Head(Asked asked, Place place) implements Event {}

    /** 404 for a read or a HEAD. */
    record Absent(Asked asked) implements Event {}

    /** 410 for a read. */
    record Gone(Asked asked, String from) implements Event {}

    /** An answer to a read or a HEAD that says nothing of the stream, and no failure of the gateway either. */
    record NoAnswer(Asked asked, String what) implements Event {}

    /** How a stream was read. */
    enum Mode {
        CATCH_UP,
        LONG_POLL,
        EVENTS
    }
}
