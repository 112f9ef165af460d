package io.holisticos.database;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A statement that can be made again, with everything that was set on it, on the connection that took its own's place. */
final class SteadyStatement implements InvocationHandler {

    private final SteadyConnection connection;
    private final SteadyConnection.Making making;
    private final String sql;
    private final List<Call> preparations = new ArrayList<>();
    private boolean streams; // what was read from one once is gone
    private Statement statement;

    private record Call(Method method, Object @Nullable [] arguments) {

        boolean hasStream() {
            return arguments != null
                    && Stream.of(arguments).anyMatch(one -> one instanceof InputStream || one instanceof Reader);
        }

        String text(String otherwise) {
            return arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : otherwise;
        }
    }

    /** @param sql empty where it comes with the execution */
    SteadyStatement(SteadyConnection connection, SteadyConnection.Making making, String sql, Statement statement) {
        this.connection = connection;
        this.making = making;
        this.sql = sql;
        this.statement = statement;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        Call call = new Call(method, arguments);
        if (name.startsWith("execute")) {
            return rows(execute(call));
        }
        if (name.startsWith("set") || name.endsWith("Batch") || name.equals("clearParameters")) {
            preparations.add(call);
            streams |= call.hasStream();
        }
        return rows(made(call));
    }

    private @Nullable Object execute(Call call) throws Throwable {
        String said = call.text(sql);
        if (connection.needsCheck(said) && !streams && !connection.answers()) {
            remake();
        }
        try {
            return heard(call);
        } catch (SQLException e) {
            boolean batch = call.method().getName().endsWith("Batch");
            if (streams || !connection.mayRepeat(said, batch, Breakage.of(e))) {
                throw e;
            }
            remake();
            return heard(call);
        }
    }

    private @Nullable Object heard(Call call) throws Throwable {
        try {
            Object answer = made(call);
            connection.hear();
            return answer;
        } catch (SQLException e) {
            if (Breakage.of(e) == Breakage.NONE) {
                connection.hear(); // a refusal is an answer
            }
            throw e;
        }
    }

    private void remake() throws Throwable {
        connection.renew();
        statement = making.make();
        for (Call preparation : preparations) {
            made(preparation);
        }
    }

    private @Nullable Object made(Call call) throws Throwable {
        return on(statement, call);
    }

    private @Nullable Object on(Object target, Call call) throws Throwable {
        try {
            return call.method().invoke(target, call.arguments());
        } catch (InvocationTargetException e) {
            Throwable failure = e.getTargetException();
            connection.meet(failure);
            throw failure;
        }
    }

    /** Rows that come in portions can break on the way; others are all there. */
    private @Nullable Object rows(@Nullable Object answer) throws SQLException {
        if (answer instanceof ResultSet rows && statement.getFetchSize() > 0) {
            return Proxy.newProxyInstance(
                    SteadyStatement.class.getClassLoader(),
                    new Class<?>[] {ResultSet.class},
                    (proxy, method, arguments) -> on(rows, new Call(method, arguments)));
        }
        return answer;
    }
}
