/** Tests of the unified flow, with sources written by hand. */
@NullMarked
package io.holisticos.unified;

import org.jspecify.annotations.NullMarked;
