/** Measures the packaged service beside what a team would otherwise run. Begin with Bench. */
@NullMarked
package io.holisticos.bench;

import org.jspecify.annotations.NullMarked;
