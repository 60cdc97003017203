/** The streams as HTTP sees them: commands to execute, ranges to read, changes to wait for. The port to Kafka. */
@NullMarked
package io.millrace.gateway.log;

import org.jspecify.annotations.NullMarked;
