/**
 * WHOOP as a source of health data: the door to everything below.
 *
 * <p>May use what lies below it and {@code health}, {@code outbound}, {@code vault}, {@code jobs}, {@code web}; never
 * another source, never the unified flow. Start reading at {@link io.holisticos.whoop.WhoopSource}.
 *
 * <p>May use: {@code audit}, {@code command}, {@code database}, {@code health}, {@code jobs}, {@code notice}, {@code outbound}, {@code trace}, {@code vault}, {@code web}, {@code whoop.api}, {@code whoop.connect}, {@code whoop.custody}, {@code whoop.data}, {@code whoop.quota}, {@code whoop.sync}, {@code whoop.webhook}.
 */
@NullMarked
package io.holisticos.whoop;

import org.jspecify.annotations.NullMarked;
