/** What the bench starts, and that all of it ends. */
@NullMarked
package io.holisticos.bench.process;

import org.jspecify.annotations.NullMarked;
