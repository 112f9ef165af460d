/** Tests of connecting, against WHOOP's twin. */
@NullMarked
package io.holisticos.whoop.connect;

import org.jspecify.annotations.NullMarked;
