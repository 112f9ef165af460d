/** A real browser, and what every page of ours has to hold. For the tests of all modules; docs/pages.md. */
@NullMarked
package io.holisticos.testing.browser;

import org.jspecify.annotations.NullMarked;
