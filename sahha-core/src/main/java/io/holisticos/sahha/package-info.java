/**
 * Sahha: its API client, its store in the entry point's database, the eleven existing resources, and the source of the
 * unified flow.
 *
 * <p>May use {@code health}, {@code outbound}, {@code web}. Start reading at {@link io.holisticos.sahha.SahhaModule}.
 */
@NullMarked
package io.holisticos.sahha;

import org.jspecify.annotations.NullMarked;
