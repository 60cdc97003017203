/** Clients of every kind that put up with whatever happens to gateways and Kafka, and the plan of what happens to them. */
@NullMarked
package io.millrace.chaos;

import org.jspecify.annotations.NullMarked;
