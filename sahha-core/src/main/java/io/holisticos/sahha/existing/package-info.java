/**
 * The eleven existing paths: their parameters, their bodies byte for byte, and what they read.
 *
 * <p>May use: {@code health}, {@code cache}, {@code notice}, {@code trace}, {@code web}, {@code sahha.api}, {@code sahha.data}, {@code sahha.refresh}.
 *
 * <p>Start reading at {@link io.holisticos.sahha.existing.ExistingPaths}.
 */
@NullMarked
package io.holisticos.sahha.existing;

import org.jspecify.annotations.NullMarked;
