/**
 * Tests of WHOOP as a source and of its internal routes, against the twin of WHOOP and a real PostgreSQL.
 *
 * <p>May use everything. Start reading at {@link io.holisticos.whoop.WhoopSourceTest}.
 */
@NullMarked
package io.holisticos.whoop;

import org.jspecify.annotations.NullMarked;
