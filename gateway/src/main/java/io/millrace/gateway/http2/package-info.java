/** HTTP/2 connections, and what Helidon 4.5.0 leaves open in them (docs/adr/0003). */
@NullMarked
package io.millrace.gateway.http2;

import org.jspecify.annotations.NullMarked;
