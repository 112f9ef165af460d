/**
 * Everything of Sahha: the module that builds it, the source of the unified flow, configuration and health.
 *
 * <p>May use: {@code health}, {@code audit}, {@code cache}, {@code notice}, {@code outbound}, {@code web}, {@code sahha.api}, {@code sahha.data}, {@code sahha.refresh}, {@code sahha.existing}, {@code sahha.webhook}, {@code command}, {@code vitals}.
 *
 * <p>Start reading at {@link io.holisticos.sahha.SahhaModule}.
 */
@NullMarked
package io.holisticos.sahha;

import org.jspecify.annotations.NullMarked;
