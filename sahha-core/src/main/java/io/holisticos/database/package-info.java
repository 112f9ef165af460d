/**
 * Connections to a database: tells the failure of a connection from the failure of a statement, keeps broken connections
 * of a pool away from their borrowers, reads times from rows, and keeps the partitions of tables that only grow.
 *
 * <p>May use: {@code health}.
 *
 * <p>Start reading at {@link io.holisticos.database.SteadyConnection}.
 */
@NullMarked
package io.holisticos.database;

import org.jspecify.annotations.NullMarked;
