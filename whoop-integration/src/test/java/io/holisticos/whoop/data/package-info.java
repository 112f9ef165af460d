/**
 * Tests of the store of WHOOP's records and of their days, on a real PostgreSQL.
 *
 * <p>May use everything. Start reading at {@link io.holisticos.whoop.data.WhoopStoreTest}.
 */
@NullMarked
package io.holisticos.whoop.data;

import org.jspecify.annotations.NullMarked;
