/** Forks: how a stream comes to begin with what another one holds (PROTOCOL.md 4.2). */
@NullMarked
package io.millrace.mapping.fork;

import org.jspecify.annotations.NullMarked;
