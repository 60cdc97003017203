/** An operator's topic-mapping rules: which topic and partition a stream path means (DESIGN.md 2 and 13). */
@NullMarked
package io.millrace.mapping.rule;

import org.jspecify.annotations.NullMarked;
