/**
 * The whole product on one machine in one command: app, twins of WHOOP and Sahha, PostgreSQL, seeded members.
 *
 * <p>May use everything; nothing uses it. Start reading at {@link io.holisticos.sandbox.Sandbox}.
 */
@NullMarked
package io.holisticos.sandbox;

import org.jspecify.annotations.NullMarked;
