package io.millrace.mapping.stream;

/**
 * What a stream was created with and keeps for life.
 *
 * @param contentType as the creator wrote it
 * @param expiry      when it ends by itself
 */
public record StreamConfiguration(MediaType contentType, Expiry expiry) {

    /** Whether a PUT that asks for {@code requested} finds what it wants here (PROTOCOL.md 5.1). */
    public boolean matches(StreamConfiguration requested) {
        return contentType.sameAs(requested.contentType) && expiry.equals(requested.expiry);
    }
}
