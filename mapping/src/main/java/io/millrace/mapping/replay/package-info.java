/** Folds a partition's records into the states of its streams, and keeps a gateway's own operations in flight beside them. */
@NullMarked
package io.millrace.mapping.replay;

import org.jspecify.annotations.NullMarked;
