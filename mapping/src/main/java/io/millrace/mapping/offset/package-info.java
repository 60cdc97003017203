/** Offset tokens: what a client holds, and the position and owner that it names (PROTOCOL.md 8). */
@NullMarked
package io.millrace.mapping.offset;

import org.jspecify.annotations.NullMarked;
