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
 * Stands between the pool and whoever borrows a connection, so that nobody is harmed by what befell it while it was idle:
 *
 * <ul>
 *   <li>One that broke, or that its server refuses to write on, never goes back to the pool, whichever call met it.
 *   <li>A statement that broke before anything of its answer was had is repeated once on a connection opened for it, where
 *       that is exact: it only reads, or it is the first of its transaction, which then never took place.
 *   <li>A lone write is neither. It is not said to a connection that nobody has heard since it was borrowed: that one is
 *       checked first.
 * </ul>
 *
 * Sessions keep nothing of ours but settings made by JDBC, and those are made again. Public and without arguments for the
 * pool, which makes one for each of its connections. Used by one thread at a time, as connections are.
 */
public final class SteadyConnection extends JdbcInterceptor {

    private static final Logger log = LoggerFactory.getLogger(SteadyConnection.class);

    private @Nullable PooledConnection pooled;
    private @Nullable Connection before; // what the former borrower had
    private final List<Setting> settings = new ArrayList<>();
    private boolean autoCommit = true;
    private boolean heard; // in autocommit, since it was borrowed; else since the transaction began
    private boolean opened; // for this borrower
    private boolean unwrapped; // it may listen, or be broken, and nobody here would know

    private record Setting(Object proxy, Method method, Object @Nullable [] arguments) {}

    /** Makes a statement on whichever connection there is at the moment. */
    @FunctionalInterface
    interface Making {
        Statement make() throws Throwable;
    }

    @Override
    public void reset(@Nullable ConnectionPool parent, @Nullable PooledConnection connection) {
        pooled = connection;
        settings.clear();
        autoCommit = true;
        heard = false;
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
            case "setSavepoint" -> { // what follows may rest on it
                Object answer = asked(proxy, method, arguments);
                hear();
                yield answer;
            }
            case "unwrap" -> {
                unwrapped = true;
                hear();
                yield asked(proxy, method, arguments);
            }
            case "commit", "rollback" -> end(proxy, method, arguments);
            case "close" -> close(proxy, method, arguments);
            case "isClosed" -> isLost() || Boolean.TRUE.equals(call(proxy, method, arguments));
            default -> asked(proxy, method, arguments);
        };
    }

    private Object statement(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Making making = () -> (Statement) made(asked(proxy, method, arguments));
        Statement made = making.make();
        String sql = arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : "";
        return Proxy.newProxyInstance(
                SteadyConnection.class.getClassLoader(),
                new Class<?>[] {method.getReturnType()},
                new SteadyStatement(this, making, sql, made));
    }

    private @Nullable Object set(Setting setting) throws Throwable {
        Object nothing = asked(setting.proxy(), setting.method(), setting.arguments());
        settings.add(setting);
        if (setting.method().getName().equals("setAutoCommit") && setting.arguments() != null) {
            autoCommit = Boolean.TRUE.equals(setting.arguments()[0]);
            heard = false;
        }
        return nothing;
    }

    private @Nullable Object end(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Object nothing = call(proxy, method, arguments);
        if (arguments == null || arguments.length == 0) { // else only to a savepoint
            heard = false;
        }
        return nothing;
    }

    private @Nullable Object close(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (unwrapped || isLost()) { // what was done or noticed on ways that do not lead by here
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
            meet(e);
            throw e;
        }
    }

    /** As {@link #call}, for what can be asked of any connection. */
    private @Nullable Object asked(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
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

    private static Object made(@Nullable Object answer) throws SQLException {
        if (answer == null) {
            throw new SQLException("the connection is closed", "08003");
        }
        return answer;
    }

    /** Whatever a call on this connection, its statements or their rows failed with. */
    void meet(Throwable failure) {
        Breakage breakage = Breakage.of(failure);
        if (breakage != Breakage.NONE) {
            log.debug("event=connection_dropped breakage={}", breakage);
            drop();
        }
    }

    /** Something was answered: from here on a transaction has taken place. */
    void hear() {
        heard = true;
    }

    /** Whether nothing would be lost with this connection. */
    private boolean isFree() {
        return autoCommit || !heard;
    }

    /** Whether to say it again is the same as to say it once, where nothing was answered. */
    boolean mayRepeat(String sql, boolean batch, Breakage breakage) {
        return switch (breakage) {
            case NONE, SILENT -> false;
            case REFUSED -> isFree() && !opened && !(autoCommit && batch);
            case BROKEN -> autoCommit ? !batch && Wording.leavesNothing(sql) : !heard;
        };
    }

    /** Whether it is said once or never, on a connection nobody has heard yet. */
    boolean needsCheck(String sql) {
        return autoCommit && !heard && !opened && !Wording.isRead(sql);
    }

    boolean answers() {
        Connection connection = pooled == null ? null : pooled.getConnection();
        return connection != null && check().validate(connection, PooledConnection.VALIDATE_BORROW);
    }

    /** Takes a connection opened now in the place of this one, with the same settings. */
    void renew() throws Throwable {
        PooledConnection connection = pooled;
        if (connection == null) {
            throw new SQLException("the connection was given back", "08003");
        }
        connection.lock();
        try {
            connection.reconnect();
            if (!check().validate(connection.getConnection(), PooledConnection.VALIDATE_INIT)) {
                throw new SQLException("a connection opened just now does not answer", "08006");
            }
        } catch (SQLException e) {
            drop();
            throw e;
        } finally {
            connection.unlock();
        }
        before = connection.getConnection();
        opened = true;
        heard = false;
        for (Setting setting : settings) {
            call(setting.proxy(), setting.method(), setting.arguments());
        }
    }

    private Validator check() {
        if (pooled == null) {
            throw new IllegalStateException("the connection was given back");
        }
        return pooled.getPoolProperties().getValidator();
    }

    private boolean isLost() throws SQLException {
        return pooled != null
                && (pooled.getConnection() == null || pooled.getConnection().isClosed());
    }

    private void drop() {
        if (pooled != null) {
            pooled.setDiscarded(true); // closed instead of given back
        }
    }
}
