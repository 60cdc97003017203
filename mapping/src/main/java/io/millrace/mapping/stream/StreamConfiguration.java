package io.millrace.mapping.stream;

import java.util.Optional;

/**
 * What a stream was created with and keeps for life.
 *
 * @param contentType as the creator wrote it
 * @param expiry      when it ends by itself
 * @param origin      where it comes from, if it is a fork
 */
public record StreamConfiguration(MediaType contentType, Expiry expiry, Optional<ForkOrigin> origin) {

    private static final Shared<MediaType> TYPES = new Shared<>(256);
    private static final Shared<StreamConfiguration> COMMON = new Shared<>(1024);

    /** That of a stream which is no fork. */
    public StreamConfiguration(MediaType contentType, Expiry expiry) {
        this(contentType, expiry, Optional.empty());
    }

    /** What keeps its source's data for it, if it is a fork of a managed stream. */
    public Optional<ForkOrigin.Reference> reference() {
        return origin.flatMap(ForkOrigin::reference);
    }

    /** The same for a fork from {@code forkOrigin}. */
    public StreamConfiguration with(ForkOrigin forkOrigin) {
        return new StreamConfiguration(contentType, expiry, Optional.of(forkOrigin));
    }

    /** The same, one instance for many streams where they are likely to have it in common. */
    StreamConfiguration shared() {
        return origin.isPresent() || expiry instanceof Expiry.Absolute
                ? new StreamConfiguration(TYPES.of(contentType), expiry, origin)
                : COMMON.of(this);
    }

    /** Whether a PUT that asks for {@code requested} finds what it wants here (PROTOCOL.md 4.2 and 5.1). */
    public boolean matches(StreamConfiguration requested) {
        return contentType.sameAs(requested.contentType) && matchesExpiry(requested) && matchesOrigin(requested.origin);
    }

    private boolean matchesExpiry(StreamConfiguration requested) {
        return expiry.equals(requested.expiry) || (inheritsExpiry() && requested.inheritsExpiry());
    }

    private boolean matchesOrigin(Optional<ForkOrigin> requested) {
        return (origin.isPresent() && requested.isPresent())
                ? origin.get().matches(requested.get())
                : origin.equals(requested);
    }

    private boolean inheritsExpiry() {
        return origin.map(ForkOrigin::inheritsExpiry).orElse(false);
    }
}
