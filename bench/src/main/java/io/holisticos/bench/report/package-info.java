/** Medians, ratios and tables. */
@NullMarked
package io.holisticos.bench.report;

import org.jspecify.annotations.NullMarked;
