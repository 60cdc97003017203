/** Checkpoints and thinning in a simulated world: one shared partition, its cleaner, and gateways that sleep and crash. */
@NullMarked
package io.millrace.mapping.simulation.checkpoint;

import org.jspecify.annotations.NullMarked;
