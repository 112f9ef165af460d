/**
 * The vocabulary of a person's health: ids, days, metrics with units, scores, answers and errors, and the port that every
 * source implements.
 *
 * <p>May use: nothing of ours.
 *
 * <p>It uses the JDK, and Jackson to read {@code metrics.yml}. Start reading at {@link io.holisticos.health.HealthSource}.
 */
@NullMarked
package io.holisticos.health;

import org.jspecify.annotations.NullMarked;
