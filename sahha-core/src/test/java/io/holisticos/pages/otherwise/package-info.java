@NullMarked
package io.holisticos.pages.otherwise;

import org.jspecify.annotations.NullMarked;
