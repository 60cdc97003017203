/** Measures servers of the Durable Streams protocol, any of them, and checks what they deliver; docs/performance.md. */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
