/**
 * Sahha's tables in the entry point's database, one owner class for each table, and what their rows mean for a day.
 *
 * <p>May use: {@code health}, {@code database}, {@code sahha.api}, {@code command}.
 *
 * <p>Start reading at {@link io.holisticos.sahha.data.SahhaStores}.
 */
@NullMarked
package io.holisticos.sahha.data;

import org.jspecify.annotations.NullMarked;
