/** The persisted record: one operation on one stream, as it stands in Kafka. Format version 1; see docs/adr/0001. */
@NullMarked
package io.millrace.mapping.record;

import org.jspecify.annotations.NullMarked;
