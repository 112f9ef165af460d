/**
 * Keeps Sahha's rows up to date: shared fetches in the background, how fresh rows have to be for a reader, and which ids
 * Sahha knows.
 *
 * <p>May use: {@code health}, {@code trace}, {@code sahha.api}, {@code sahha.data}.
 *
 * <p>Start reading at {@link io.holisticos.sahha.refresh.ReaderRefresh}.
 */
@NullMarked
package io.holisticos.sahha.refresh;

import org.jspecify.annotations.NullMarked;
