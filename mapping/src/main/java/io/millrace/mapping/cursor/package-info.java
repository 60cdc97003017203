/** Cursors that collapse and separate cached live responses (PROTOCOL.md 10.1). */
@NullMarked
package io.millrace.mapping.cursor;

import org.jspecify.annotations.NullMarked;
