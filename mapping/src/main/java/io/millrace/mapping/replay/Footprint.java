package io.millrace.mapping.replay;

import io.millrace.mapping.stream.Expiry;
import io.millrace.mapping.stream.ForkOrigin;
import io.millrace.mapping.stream.ForkReference;
import io.millrace.mapping.stream.StreamConfiguration;
import io.millrace.mapping.stream.StreamPath;
import io.millrace.mapping.stream.StreamState;
import io.millrace.mapping.stream.StreamState.Closed;
import io.millrace.mapping.stream.StreamState.Open;
import io.millrace.mapping.stream.StreamState.Retained;
import io.millrace.mapping.stream.StreamState.SoftDeleted;
import io.millrace.mapping.stream.StreamState.Standing;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.pcollections.PMap;

/**
 * About how much memory a replay's knowledge takes, in bytes, on a JVM whose references have 4 and whose objects begin
 * with 12: cheap enough to be told at every change.
 */
final class Footprint {

    /** Of a stream, whatever it is called and holds: its place in the map, its path, itself, its life. */
    private static final int STREAM = 32 + 8 + 16 + 32 + 40 + 32;

    private static final int OPEN = 48;
    private static final int CLOSED = 40;
    private static final int SOFT_DELETED = 32;
    private static final int OPTIONAL = 16;
    private static final int STAMP = 32;
    private static final int CONFIGURATION = 24;
    private static final int ABSOLUTE = 16 + 24;

    /** The rest of a fork's origin: the objects around its texts. */
    private static final int ORIGIN = OPTIONAL + 56 + 16 + 24 + OPTIONAL + 32 + 32;

    /** Of a persistent map that is not empty, with what it makes to be looked at. */
    private static final int MAP = 32 + 32 + 16 + 16;

    private static final int ENTRY = 40 + 32 + 32;
    private static final int PRODUCER = ENTRY + 32;
    private static final int REFERENCE = ENTRY + 24 + 16;

    /** Of an entry of a set of streams, by the path that is known already; of one by a path of its own. */
    static final int LISTED = 48;

    static final int LISTED_APART = 48 + 16 + 64;

    /** Of a gateway's counter, and of a cancelled reference: their texts are about as long as any other's. */
    static final int COUNTER = 40 + 8 + 56 + 32;

    static final int CANCELLED = 32 + 8 + 72 + 24;

    /** Of a map's entries, so many are looked at; the others are taken to be like them. */
    private static final int LOOKED_AT = 8;

    private Footprint() {}

    /** How much more there is once the stream at {@code path}, which may be none so far, has become {@code next}. */
    static long change(StreamPath path, @Nullable ReplayedStream stream, StreamState next) {
        if (stream == null) {
            return of(path, next);
        }
        if (!ReplayedStream.sameIncarnation(stream.state(), next)) {
            return of(path, next) - of(path, stream.state()) - stream.indexBytes();
        }
        if (stream.state() instanceof Open was && next instanceof Open is) {
            return (was.producers().size() == is.producers().size()
                            ? 0
                            : producers(is.producers()) - producers(was.producers()))
                    + (was.references().size() == is.references().size()
                            ? 0
                            : references(is.references()) - references(was.references()))
                    + text(is.lastStreamSeq())
                    - text(was.lastStreamSeq());
        }
        return of(path, next) - of(path, stream.state());
    }

    private static long of(StreamPath path, StreamState state) {
        return switch (state) {
            case StreamState.Absent() -> 0;
            case Standing standing -> of(path, standing) + standing(standing);
            case SoftDeleted ended -> of(path, (Retained) ended) + SOFT_DELETED;
        };
    }

    private static long standing(Standing standing) {
        return switch (standing) {
            case Open open -> OPEN + producers(open.producers()) + text(open.lastStreamSeq());
            case Closed closed ->
                CLOSED
                        + closed.closedBy()
                                .map(by -> OPTIONAL + STAMP + text(by.id()))
                                .orElse(0L);
        };
    }

    private static long of(StreamPath path, Retained stream) {
        return STREAM + text(path.text()) + references(stream.references()) + own(stream.configuration());
    }

    /** What of a configuration other streams do not have. */
    private static long own(StreamConfiguration configuration) {
        boolean absolute = configuration.expiry() instanceof Expiry.Absolute;
        Optional<ForkOrigin> origin = configuration.origin();
        return (absolute ? ABSOLUTE : 0)
                + (absolute || origin.isPresent() ? CONFIGURATION : 0)
                + origin.map(Footprint::origin).orElse(0L);
    }

    private static long origin(ForkOrigin origin) {
        return ORIGIN
                + text(origin.source().text())
                + text(origin.requested().offset())
                + origin.reference().map(reference -> text(reference.id())).orElse(0L);
    }

    private static long producers(PMap<String, ?> producers) {
        return entries(producers, PRODUCER, _ -> 0);
    }

    private static long references(PMap<String, ForkReference> references) {
        return entries(references, REFERENCE, reference -> text(reference.fork().text()));
    }

    private static <V> long entries(PMap<String, V> map, int each, ToLongFunction<V> value) {
        if (map.isEmpty()) {
            return 0;
        }
        int looked = Math.min(LOOKED_AT, map.size());
        long texts = map.entrySet().stream()
                .limit(looked)
                .mapToLong(entry -> text(entry.getKey()) + value.applyAsLong(entry.getValue()))
                .sum();
        return MAP + (long) map.size() * each + texts * map.size() / looked;
    }

    private static long text(Optional<String> text) {
        return text.map(held -> OPTIONAL + text(held)).orElse(0L);
    }

    private static long text(String text) {
        int length = text.length();
        int bytes = text.chars().allMatch(c -> c < 0x100) ? length : 2 * length;
        return 24L + 16 + ((bytes + 7) & -8);
    }
}
