/** What a read request gets: a range, a wait, the end, or a refusal. */
@NullMarked
package io.millrace.mapping.read;

import org.jspecify.annotations.NullMarked;
