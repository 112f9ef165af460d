/**
 * Simulates weeks of many members at full speed: the app as in production, WHOOP's twin, and one clock that only moves when
 * all work is done. At the end it compares what is stored with what happened.
 *
 * <p>May use: {@code app}, {@code jobs}, {@code sandbox.environment}, {@code twins}, {@code twins.http}, {@code twins.sahha}, {@code twins.whoop}, {@code twins.world}.
 *
 * <p>Start reading at {@link io.holisticos.sandbox.simulate.Simulation}.
 */
@NullMarked
package io.holisticos.sandbox.simulate;

import org.jspecify.annotations.NullMarked;
