package io.millrace.gateway.kafka;

import org.apache.kafka.common.TopicPartition;

/** A partition whose barriers need to know where its log ends. */
interface EndAsker {

    TopicPartition topicPartition();

    /** Whether to ask Kafka for the log's end now; if so the question counts as sent. */
    boolean sendsQuestion();

    /** Kafka's answer: the topic is this one now, and the partition ended at {@code end}. */
    void onEnd(Topics.Topic topic, long end);

    /** Kafka did not answer. */
    void onEndUnknown(Throwable failure);
}
