/** Checkpoints: what a partition's records came to, in parts that a gateway can begin with (docs/adr/0006). */
@NullMarked
package io.millrace.mapping.checkpoint;

import org.jspecify.annotations.NullMarked;
