/** Reads that wait: long-poll and SSE, what wakes them, and how they end (PROTOCOL.md 5.7, 5.8). */
@NullMarked
package io.millrace.gateway.live;

import org.jspecify.annotations.NullMarked;
