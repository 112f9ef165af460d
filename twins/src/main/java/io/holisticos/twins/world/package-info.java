/**
 * One synthetic reality that both twins observe: people, their nights, naps, workouts and steps, for ever.
 *
 * <p>May use the JDK only. Everything is a pure function of seed, start and number of people; nothing is random twice.
 * Start reading at {@link io.holisticos.twins.world.World}.
 */
@NullMarked
package io.holisticos.twins.world;

import org.jspecify.annotations.NullMarked;
