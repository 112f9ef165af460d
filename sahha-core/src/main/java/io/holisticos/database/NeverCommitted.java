package io.holisticos.database;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.sql.Savepoint;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database in which nothing ever happens: all its borrowers share one transaction of one connection, one borrower at a time,
 * and that transaction is rolled back at the end, or by the server when this process dies. To each borrower it is like a
 * connection of its own: what one commits the next one finds, what fails is undone. Thread-safe.
 */
public final class NeverCommitted implements DataSource, AutoCloseable {

    /** How long a borrower waits for the one before it. */
    private static final long PATIENCE_MILLIS = 500;

    private final Connection held;
    private final Semaphore free = new Semaphore(1, true);

    private NeverCommitted(Connection held) {
        this.held = held;
    }

    /** Begins the transaction, on a connection of this pool. */
    public static NeverCommitted in(DataSource pool) throws SQLException {
        Connection connection = pool.getConnection();
        try {
            connection.setAutoCommit(false);
            return new NeverCommitted(connection);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Undoes everything, and returns the connection to its pool. */
    @Override
    public void close() throws SQLException {
        free.acquireUninterruptibly(); // and nobody borrows any more
        try (Connection returned = held) {
            returned.rollback();
            returned.setAutoCommit(true);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            if (!free.tryAcquire(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException("the only connection is in use", "08001");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted", "08001", e);
        }
        try {
            return new Borrowed().proxy();
        } catch (SQLException | RuntimeException e) {
            free.release();
            throw e;
        }
    }

    /** One borrower's view of the connection, with savepoints in place of transactions. Used by one thread. */
    private final class Borrowed {

        private Savepoint begun = held.setSavepoint();
        private boolean autoCommit = true;
        private boolean returned;

        Borrowed() throws SQLException {}

        Connection proxy() {
            return (Connection) Proxy.newProxyInstance(
                    NeverCommitted.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "commit" -> again(true);
                        case "rollback" ->
                            arguments == null || arguments.length == 0 ? again(false) : passed(method, arguments);
                        case "setAutoCommit" -> setAutoCommit((Boolean) arguments[0]);
                        case "getAutoCommit" -> autoCommit;
                        case "close" -> giveBack();
                        case "isClosed" -> returned;
                        case "abort" -> giveBack();
                        default -> passed(method, arguments);
                    });
        }

        private @Nullable Object passed(Method method, Object @Nullable [] arguments) throws Throwable {
            try {
                return method.invoke(held, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        private @Nullable Object setAutoCommit(boolean on) throws SQLException {
            if (on && !autoCommit) { // which commits, by JDBC's rules
                Object unused = again(true);
            }
            autoCommit = on;
            return null;
        }

        private @Nullable Object again(boolean keep) throws SQLException {
            end(keep);
            begun = held.setSavepoint();
            return null;
        }

        private void end(boolean keep) throws SQLException {
            if (!keep) {
                held.rollback(begun);
            }
            held.releaseSavepoint(begun);
        }

        private @Nullable Object giveBack() throws SQLException {
            if (returned) {
                return null;
            }
            returned = true;
            try {
                end(autoCommit);
            } catch (SQLException failed) { // after a statement that failed there is nothing to keep
                held.rollback(begun);
            } finally {
                free.release();
            }
            return null;
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
