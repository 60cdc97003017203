package io.millrace.mapping.stream;

import java.util.Optional;

/**
 * What one life of a stream path keeps from its accepted create to its end.
 *
 * @param incarnation   names it
 * @param configuration what it was created with
 * @param begin         stream position of its create record; a fork inherits what is below it
 * @param shift         stream position minus Kafka offset of its own records: 0 but for forks, which continue their
 *                      source's positions
 */
public record Life(Incarnation incarnation, StreamConfiguration configuration, long begin, long shift) {

    public Life {
        configuration = configuration.shared();
    }

    /** The life that an accepted create at Kafka offset {@code offset} opens. */
    static Life begun(Incarnation incarnation, StreamConfiguration configuration, long offset) {
        Optional<ForkOrigin> origin = configuration.origin();
        long begin = origin.map(ForkOrigin::position).orElse(offset);
        return new Life(incarnation, configuration, begin, begin - offset);
    }
}
