/** A real Apache Kafka broker, started from its Maven artifacts: inside the gateway's process, or as a process of its own. */
@NullMarked
package io.millrace.embedded;

import org.jspecify.annotations.NullMarked;
