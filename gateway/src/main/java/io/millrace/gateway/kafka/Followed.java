package io.millrace.gateway.kafka;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A partition that a {@link Follower} tails. */
interface Followed {

    TopicPartition topicPartition();

    /** Whether it is of no use any more. */
    boolean isDropped();

    /**
     * Records in order, and where the consumer stands after them.
     *
     * @return whether there was anything new among them
     */
    boolean onFollowed(List<ConsumerRecord<byte[], byte[]>> records, long position);

    /** {@link #onFollowed}, where that is all that was in the log at {@code nanos}. */
    boolean onCaughtUp(List<ConsumerRecord<byte[], byte[]>> records, long position, long nanos);

    /** It cannot be tailed any more. */
    void drop(String why);
}
