@NullMarked
package io.holisticos.pages.missing;

import org.jspecify.annotations.NullMarked;
