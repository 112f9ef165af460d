/** Tests of connecting, against WHOOP's twin. */
@NullMarked
package io.holisticos.whoop.custody;

import org.jspecify.annotations.NullMarked;
