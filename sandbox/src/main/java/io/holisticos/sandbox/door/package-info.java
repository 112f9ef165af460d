/**
 * The sandbox's front door: a page that shows who is here and tries things out. Each of its buttons sends requests as anybody can
 * send them, by HTTP, and shows what they change.
 *
 * <p>May use: {@code app}, {@code pages}, {@code sandbox.environment}, {@code web}.
 *
 * <p>Start reading at {@link io.holisticos.sandbox.door.Door}; what there is to try stands in {@link io.holisticos.sandbox.door.Attempts}.
 */
@NullMarked
package io.holisticos.sandbox.door;

import org.jspecify.annotations.NullMarked;
