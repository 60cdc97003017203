/** Server-Sent Events (PROTOCOL.md 5.8): records and positions into the bytes of events. */
@NullMarked
package io.millrace.mapping.sse;

import org.jspecify.annotations.NullMarked;
