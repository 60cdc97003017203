package io.millrace.mapping.existing;

import io.millrace.mapping.record.LogRecord.Header;
import java.util.List;

/**
 * What an operator says of streams in a topic that somebody else writes.
 *
 * @param view        how records look
 * @param access      what clients may do
 * @param caching     who may keep a read's answer
 * @param headers     of records that clients append
 * @param description for people
 */
public record ExistingStream(View view, Access access, Caching caching, List<Header> headers, String description) {

    public ExistingStream {
        headers = List.copyOf(headers);
        if (access == Access.APPEND && view.envelope() != Envelope.VALUE) {
            throw new IllegalArgumentException("what clients append is a value");
        }
    }
}
