/** What tests of every module share: real databases. */
@NullMarked
package io.holisticos.testing;

import org.jspecify.annotations.NullMarked;
