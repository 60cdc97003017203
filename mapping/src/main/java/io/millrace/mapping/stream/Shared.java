package io.millrace.mapping.stream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes equal values one and the same, so that a million streams of one kind hold it once. It knows only so many at a
 * time: each place is of the value that was asked for last among those that belong there.
 *
 * <p>Several threads may ask at once. Nothing is guarded: what is read is null or some whole value, for they are
 * immutable, and at worst an equal one is held twice.
 *
 * @param <T> immutable, all its fields final, and known by {@link Object#equals}
 */
final class Shared<T> {

    private final List<@Nullable T> places;

    /** With {@code size} places, a power of two. */
    Shared(int size) {
        places = new ArrayList<>(Collections.nCopies(size, null));
    }

    /** {@code value}, or what equals it. */
    T of(T value) {
        int hash = value.hashCode();
        int place = (hash ^ (hash >>> 16)) & (places.size() - 1);
        T known = places.get(place);
        if (value.equals(known)) {
            return known;
        }
        places.set(place, value);
        return value;
    }
}
