@NullMarked
package io.holisticos.web.jwt;

import org.jspecify.annotations.NullMarked;
