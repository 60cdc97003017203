/** The gateway as a process: its command line and the composition of its parts. */
@NullMarked
package io.millrace.gateway;

import org.jspecify.annotations.NullMarked;
