/**
 * How a source does, in words that probes of every source share: the port that its module implements, and what is shown to
 * callers.
 *
 * <p>May use: nothing of ours.
 *
 * <p>Start reading at {@link io.holisticos.vitals.SourceVitals}.
 */
@NullMarked
package io.holisticos.vitals;

import org.jspecify.annotations.NullMarked;
