/**
 * WHOOP as a source of health data. Other modules use this package only; it never uses another source nor the unified
 * flow. Start reading at {@link io.holisticos.whoop.WhoopSource}.
 *
 * <p>May use: {@code audit}, {@code command}, {@code database}, {@code health}, {@code jobs}, {@code notice}, {@code outbound}, {@code pages}, {@code trace}, {@code vault}, {@code vitals}, {@code web}, {@code whoop.api}, {@code whoop.connect}, {@code whoop.custody}, {@code whoop.data}, {@code whoop.quota}, {@code whoop.sync}, {@code whoop.webhook}.
 */
@NullMarked
package io.holisticos.whoop;

import org.jspecify.annotations.NullMarked;
