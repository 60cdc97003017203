package io.millrace.it;

import java.io.IOException;

/** A Kafka cluster of one broker that a test may break. */
interface KafkaFixture extends AutoCloseable {

    /** Where clients connect; the same for its whole life. */
    String bootstrapServers();

    /** Ends it as {@code kill -9} does. */
    void kill() throws Exception;

    /** Starts it again, with its data, after {@link #kill} or {@link #stop}; returns when it serves. */
    void restart() throws Exception;

    /** Ends it in good order. */
    void stop() throws Exception;

    /** Ends it for good. */
    @Override
    void close() throws IOException;
}
