/** What tests of every module share: real databases, and what was logged. */
@NullMarked
package io.holisticos.testing;

import org.jspecify.annotations.NullMarked;
