/** Commands for operators: whether a configuration is right, and where a URL leads by it. They serve nothing. */
@NullMarked
package io.millrace.gateway.tool;

import org.jspecify.annotations.NullMarked;
