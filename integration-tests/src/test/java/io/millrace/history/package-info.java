/** What many clients asked and were answered, and the proof that it all fits one stream; knows no HTTP and no Kafka. */
@NullMarked
package io.millrace.history;

import org.jspecify.annotations.NullMarked;
