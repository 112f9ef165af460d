/**
 * The synthetic world that both twins observe: people with their nights, naps, workouts and steps. All of it is a pure
 * function of seed, start and number of people.
 *
 * <p>May use: nothing of ours.
 *
 * <p>Start reading at {@link io.holisticos.twins.world.World}.
 */
@NullMarked
package io.holisticos.twins.world;

import org.jspecify.annotations.NullMarked;
