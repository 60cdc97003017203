/** The protocol's header and query vocabulary, and a typed parser for each; none of them throws for what a client sent. */
@NullMarked
package io.millrace.mapping.http;

import org.jspecify.annotations.NullMarked;
