/**
 * The admin port: flags, quota, tasks, and the filter that lets only operators change anything.
 *
 * <p>May use: {@code app.flags}, {@code audit}, {@code health}, {@code trace}, {@code web}, {@code whoop}.
 *
 * <p>Start reading at {@link io.holisticos.app.admin.AdminPort}.
 */
@NullMarked
package io.holisticos.app.admin;

import org.jspecify.annotations.NullMarked;
