package io.millrace.mapping;

import static io.millrace.mapping.Samples.TEXT;

import io.millrace.mapping.offset.OffsetToken;
import io.millrace.mapping.record.Operation;
import io.millrace.mapping.record.Payload;
import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.Incarnation;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;

/** What tests of forks are made of. */
@NullMarked
public final class ForkSamples {

    public static final StreamPath SOURCE = StreamPath.of("sources/1");
    public static final Incarnation SOURCE_LIFE = Incarnation.of("s.1");

    /** The client named no divergence point. */
    public static final ForkOrigin.Requested TAIL = new ForkOrigin.Requested(Optional.empty(), 0);

    private ForkSamples() {}

    public static ForkOrigin.Reference reference(String id, long timeMillis) {
        return new ForkOrigin.Reference(SOURCE_LIFE, id, timeMillis);
    }

    /** A divergence point in the client's words: an offset of the source. */
    public static ForkOrigin.Requested requested(long position, long subOffset) {
        return new ForkOrigin.Requested(Optional.of(new OffsetToken(position, SOURCE_LIFE.tag()).text()), subOffset);
    }

    /** From the source's tail, which was {@code position}, held by {@code reference}. */
    public static ForkOrigin origin(long position, ForkOrigin.Reference reference) {
        return unheld(position).with(Optional.of(reference));
    }

    /** From the tail of a source in a topic of others. */
    public static ForkOrigin unheld(long position) {
        return new ForkOrigin(SOURCE, Optional.empty(), position, SOURCE_LIFE.tag(), 0, TAIL, false);
    }

    public static StreamConfiguration configuration(ForkOrigin origin) {
        return new StreamConfiguration(TEXT, new Expiry.Never(), Optional.of(origin));
    }

    public static Operation.Create forkCreation(ForkOrigin origin) {
        return new Operation.Create(configuration(origin), Payload.NONE, false);
    }

    public static Operation.ForkRef forkRef(String life, StreamPath fork) {
        return new Operation.ForkRef(Incarnation.of(life), fork);
    }

    public static Operation.ForkUnref forkUnref(String life, String reference) {
        return new Operation.ForkUnref(Incarnation.of(life), reference);
    }
}
