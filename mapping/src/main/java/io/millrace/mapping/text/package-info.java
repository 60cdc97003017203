/** Strict UTF-8 and percent-decoding: what every parser of hostile text in this module rests on. */
@NullMarked
package io.millrace.mapping.text;

import org.jspecify.annotations.NullMarked;
