/**
 * The vocabulary of a person's health: ids, days, metrics with units, scores, and the port every source implements.
 *
 * <p>May use the JDK only. Start reading at {@link io.holisticos.health.HealthSource}.
 */
@NullMarked
package io.holisticos.health;

import org.jspecify.annotations.NullMarked;
