/** What the server proves itself with, from files that may change, and the TLS that it does that by. */
@NullMarked
package io.millrace.gateway.tls;

import org.jspecify.annotations.NullMarked;
