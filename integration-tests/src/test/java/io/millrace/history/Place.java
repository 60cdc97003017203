package io.millrace.history;

/**
 * How far a stream goes, by one answer.
 *
 * @param next the offset that the answer ends at
 * @param isAll whether the answer says that at some moment after the request was sent there was nothing beyond it
 * @param isClosed whether the answer says that there never will be
 */
public record Place(String next, boolean isAll, boolean isClosed) {

    /** The life of its path that the stream has: an offset's second part, docs/adr/0001-record-format-1.md. */
    public String life() {
        return lifeOf(next);
    }

    static String lifeOf(String offset) {
        return offset.substring(offset.indexOf('_') + 1);
    }
}
