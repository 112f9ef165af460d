/**
 * What every command of this program needs: databases, the app's configuration, ports, a tuned JVM, an orderly end.
 *
 * <p>May use: {@code app}, {@code twins.sahha}, {@code web}.
 */
@NullMarked
package io.holisticos.sandbox.environment;

import org.jspecify.annotations.NullMarked;
