/** What a gateway asks of a broker that runs inside its own process; filled by a module that a sidecar leaves out. */
@NullMarked
package io.millrace.gateway.broker;

import org.jspecify.annotations.NullMarked;
