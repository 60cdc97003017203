/** Topics that somebody else writes, as streams (DESIGN.md 9): how a key is written, which partition it is in, what a record looks like. */
@NullMarked
package io.millrace.mapping.existing;

import org.jspecify.annotations.NullMarked;
