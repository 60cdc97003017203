/** Clients' TCP connections below their requests: how many, how long each may keep us waiting, how much it may send. */
@NullMarked
package io.millrace.gateway.connection;

import org.jspecify.annotations.NullMarked;
