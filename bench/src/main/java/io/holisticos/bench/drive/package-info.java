/** How requests are sent: as fast as they are answered by wrk, at a constant rate by OpenModel. */
@NullMarked
package io.holisticos.bench.drive;

import org.jspecify.annotations.NullMarked;
