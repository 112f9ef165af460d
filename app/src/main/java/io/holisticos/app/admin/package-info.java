/**
 * The admin port: flags, health checks, and the guard before every change.
 *
 * <p>May use every door. Start reading at {@link io.holisticos.app.admin.AdminPort}.
 */
@NullMarked
package io.holisticos.app.admin;

import org.jspecify.annotations.NullMarked;
