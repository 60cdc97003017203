/** The streams in Kafka: the only package that knows a Kafka client. */
@NullMarked
package io.millrace.gateway.kafka;

import org.jspecify.annotations.NullMarked;
