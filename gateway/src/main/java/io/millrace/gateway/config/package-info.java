/** The operator's configuration: one YAML file, environment, system properties; read once, validated, then records. */
@NullMarked
package io.millrace.gateway.config;

import org.jspecify.annotations.NullMarked;
