/** A stream: its path, its configuration, and what the log has made of it so far. */
@NullMarked
package io.millrace.mapping.stream;

import org.jspecify.annotations.NullMarked;
