/** JSON mode (PROTOCOL.md 9.1): a request body into messages, messages into a response body, bytes never re-serialised. */
@NullMarked
package io.millrace.mapping.json;

import org.jspecify.annotations.NullMarked;
