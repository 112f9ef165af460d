/**
 * The whole product on one machine in one command: app, twins of WHOOP and Sahha, PostgreSQL, seeded members.
 *
 * <p>May use: {@code app}, {@code sandbox.door}, {@code sandbox.environment}, {@code sandbox.simulate}, {@code twins}, {@code twins.browser}, {@code twins.http}, {@code twins.sahha}, {@code twins.whoop}, {@code twins.world}, {@code whoop.quota}.
 *
 * <p>Start reading at {@link io.holisticos.sandbox.Sandbox}.
 */
@NullMarked
package io.holisticos.sandbox;

import org.jspecify.annotations.NullMarked;
