/** Real gateways as processes of their own, on a real Kafka, driven by real clients. */
@NullMarked
package io.millrace.it;

import org.jspecify.annotations.NullMarked;
