/** A world in one thread: gateways, clients and a log, every delay and fault drawn from one seed. */
@NullMarked
package io.millrace.mapping.simulation;

import org.jspecify.annotations.NullMarked;
