/**
 * What befalls connections to a database: how a failure of one is told from a failure of a statement, and how whoever uses
 * a pool is spared the connections that broke while they lay in it.
 *
 * <p>Uses only {@code health}. Start reading at {@link io.holisticos.database.SteadyConnection}.
 */
@NullMarked
package io.holisticos.database;

import org.jspecify.annotations.NullMarked;
