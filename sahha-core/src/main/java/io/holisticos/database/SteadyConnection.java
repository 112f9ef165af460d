package io.holisticos.database;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.tomcat.jdbc.pool.ConnectionPool;
import org.apache.tomcat.jdbc.pool.JdbcInterceptor;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.apache.tomcat.jdbc.pool.Validator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protects the borrower of a pooled connection from connections that broke while they were idle:
 *
 * <ul>
 *   <li>A connection that broke, or whose server refuses writes, never returns to the pool, whichever call failed.
 *   <li>A statement that failed before any answer is repeated once on a new connection, where that cannot do it twice: it
 *       only reads, or it is the first of its transaction, which then never happened.
 *   <li>A write outside of a transaction cannot be repeated. Unless its connection has answered since it was borrowed, the
 *       connection is checked first.
 * </ul>
 *
 * Sessions keep nothing of ours but JDBC settings, which are set again on a new connection. The class is public and has no
 * constructor arguments because the pool creates one for each of its connections. Used by one thread at a time, as
 * connections are.
 */
public final class SteadyConnection extends JdbcInterceptor {

    private static final Logger log = LoggerFactory.getLogger(SteadyConnection.class);

    private @Nullable PooledConnection pooled;
    private @Nullable Connection before; // the connection of the previous borrower
    private final List<Setting> settings = new ArrayList<>();
    private boolean autoCommit = true;
    private boolean answered; // in autocommit since the borrowing, else since the transaction began
    private boolean opened; // whether it was opened for this borrower
    private boolean unwrapped; // its use past this class may have broken it, or made it listen

    private record Setting(Object proxy, Method method, Object @Nullable [] arguments) {}

    /** Creates a statement on the current connection. */
    @FunctionalInterface
    interface Creation {
        Statement create() throws Throwable;
    }

    @Override
    public void reset(@Nullable ConnectionPool parent, @Nullable PooledConnection connection) {
        pooled = connection;
        settings.clear();
        autoCommit = true;
        answered = false;
        unwrapped = false;
        if (connection != null) {
            opened = connection.getConnection() != before;
            before = connection.getConnection();
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "createStatement", "prepareStatement", "prepareCall" -> statement(proxy, method, arguments);
            case "setAutoCommit", "setReadOnly", "setTransactionIsolation", "setSchema", "setHoldability" ->
                set(new Setting(proxy, method, arguments));
            case "setSavepoint" -> { // a rollback may return to it
                Object answer = idempotent(proxy, method, arguments);
                answered();
                yield answer;
            }
            case "unwrap" -> {
                unwrapped = true;
                answered();
                yield idempotent(proxy, method, arguments);
            }
            case "commit", "rollback" -> end(proxy, method, arguments);
            case "close" -> close(proxy, method, arguments);
            case "isClosed" -> isLost() || Boolean.TRUE.equals(call(proxy, method, arguments));
            default -> idempotent(proxy, method, arguments);
        };
    }

    private Object statement(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Creation creation = () -> (Statement) required(idempotent(proxy, method, arguments));
        Statement created = creation.create();
        String sql = arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        return Proxy.newProxyInstance(
                SteadyConnection.class.getClassLoader(),
                new Class<?>[] {method.getReturnType()},
                new SteadyStatement(this, creation, sql, created));
    }

    private @Nullable Object set(Setting setting) throws Throwable {
        Object result = idempotent(setting.proxy(), setting.method(), setting.arguments());
        settings.add(setting);
        if (setting.method().getName().equals("setAutoCommit") && setting.arguments() != null) {
            autoCommit = Boolean.TRUE.equals(setting.arguments()[0]);
            answered = false;
        }
        return result;
    }

    private @Nullable Object end(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object result = call(proxy, method, arguments);
        if (arguments == null || arguments.length == 0) { // a rollback with an argument returns to a savepoint only
            answered = false;
        }
        return result;
    }

    private @Nullable Object close(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (unwrapped || isLost()) { // it may be broken without a failure that passed this class
            drop();
        }
        return super.invoke(proxy, method, arguments);
    }

    private @Nullable Object call(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (pooled != null && pooled.getConnection() == null) {
            throw new SQLException("the connection broke, and no other could be opened", "08003");
        }
        try {
            return super.invoke(proxy, method, arguments);
        } catch (SQLException e) {
            failed(e);
            throw e;
        }
    }

    /** As {@link #call}, for methods that have the same effect on a new connection. */
    private @Nullable Object idempotent(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return call(proxy, method, arguments);
        } catch (SQLException e) {
            if (Breakage.of(e) != Breakage.BROKEN || !isFree()) {
                throw e;
            }
            renew();
            return call(proxy, method, arguments);
        }
    }

    private static Object required(@Nullable Object answer) throws SQLException {
        if (answer == null) {
            throw new SQLException("the connection is closed", "08003");
        }
        return answer;
    }

    /** A call on this connection, its statements or their rows failed. */
    void failed(Throwable failure) {
        Breakage breakage = Breakage.of(failure);
        if (breakage != Breakage.NONE) {
            log.debug("event=connection_dropped breakage={}", breakage);
            drop();
        }
    }

    /** The server answered: a transaction that is open has begun. */
    void answered() {
        answered = true;
    }

    /** Whether no open transaction would be lost with this connection. */
    private boolean isFree() {
        return autoCommit || !answered;
    }

    /** Whether an unanswered statement can be repeated without being done twice. */
    boolean mayRepeat(String sql, boolean batch, Breakage breakage) {
        return switch (breakage) {
            case NONE, SILENT -> false;
            case REFUSED -> isFree() && !opened && !(autoCommit && batch);
            case BROKEN -> autoCommit ? !batch && StatementText.hasNoSideEffects(sql) : !answered;
        };
    }

    /** Whether the statement cannot be repeated, and the connection has not answered yet. */
    boolean needsCheck(String sql) {
        return autoCommit && !answered && !opened && !StatementText.isRead(sql);
    }

    boolean answers() {
        Connection connection = pooled == null ? null : pooled.getConnection();
        return connection != null && check().validate(connection, PooledConnection.VALIDATE_BORROW);
    }

    /** Replaces the connection by a new one with the same settings. */
    void renew() throws Throwable {
        PooledConnection connection = pooled;
        if (connection == null) {
            throw new SQLException("the connection was returned to the pool", "08003");
        }
        connection.lock();
        try {
            connection.reconnect();
            if (!check().validate(connection.getConnection(), PooledConnection.VALIDATE_INIT)) {
                throw new SQLException("a new connection does not answer", "08006");
            }
        } catch (SQLException e) {
            drop();
            throw e;
        } finally {
            connection.unlock();
        }
        before = connection.getConnection();
        opened = true;
        answered = false;
        for (Setting setting : settings) {
            call(setting.proxy(), setting.method(), setting.arguments());
        }
    }

    private Validator check() {
        if (pooled == null) {
            throw new IllegalStateException("the connection was returned to the pool");
        }
        return pooled.getPoolProperties().getValidator();
    }

    private boolean isLost() throws SQLException {
        return pooled != null
                && (pooled.getConnection() == null || pooled.getConnection().isClosed());
    }

    private void drop() {
        if (pooled != null) {
            pooled.setDiscarded(true); // closed instead of returned to the pool
        }
    }
}
