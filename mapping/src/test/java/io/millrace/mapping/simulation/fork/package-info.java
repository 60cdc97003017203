/** Forks in a simulated world: several partitions, gateways that create, release and collect over two of them at a time. */
@NullMarked
package io.millrace.mapping.simulation.fork;

import org.jspecify.annotations.NullMarked;
