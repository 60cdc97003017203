/** Files that are looked at again and again, so that a gateway need not be started anew when they change. */
@NullMarked
package io.millrace.gateway.watch;

import org.jspecify.annotations.NullMarked;
