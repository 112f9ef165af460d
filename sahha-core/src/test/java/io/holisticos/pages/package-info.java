@NullMarked
package io.holisticos.pages;

import org.jspecify.annotations.NullMarked;
