/** The rules: what an operation at its place in the log does to a stream, and what its sender is told. */
@NullMarked
package io.millrace.mapping.judge;

import org.jspecify.annotations.NullMarked;
