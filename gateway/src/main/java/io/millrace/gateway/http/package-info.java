/** The protocol over HTTP: requests into commands and reads, outcomes into answers (PROTOCOL.md 5). */
@NullMarked
package io.millrace.gateway.http;

import org.jspecify.annotations.NullMarked;
