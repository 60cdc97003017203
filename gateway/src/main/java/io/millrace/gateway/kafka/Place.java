package io.millrace.gateway.kafka;

import io.millrace.mapping.replay.TopicKind;
import org.apache.kafka.common.TopicPartition;

/** A partition that a path leads to, and how to read it. */
record Place(TopicPartition partition, TopicKind kind) {}
