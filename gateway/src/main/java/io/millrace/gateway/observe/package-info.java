/** How the gateway tells an operator what it does: log lines of keys and values. */
@NullMarked
package io.millrace.gateway.observe;

import org.jspecify.annotations.NullMarked;
