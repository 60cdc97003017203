package io.millrace.history;

/** What a client knows of a request that was to change something. */
public sealed interface Outcome {

    /**
     * It holds.
     *
     * @param isNew whether this very request made it so; else it was so before
     */
    record Acknowledged(Place place, boolean isNew) implements Outcome {}

    /** The stream was there, and is no more. */
    record Deleted() implements Outcome {}

    /** It was not done, and never will be. */
    record Refused(Refusal refusal) implements Outcome {}

    /** It may have been done, or may still be. */
    record Unknown() implements Outcome {}

    /** Whether it was done, or may have been, or may be yet. */
    default boolean mayHold() {
        return !(this instanceof Refused);
    }
}
