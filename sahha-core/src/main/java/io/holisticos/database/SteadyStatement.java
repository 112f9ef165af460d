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

/** A statement that can be created again on a new connection, with everything that was set on it. */
final class SteadyStatement implements InvocationHandler {

    private final SteadyConnection connection;
    private final SteadyConnection.Creation creation;
    private final String sql;
    private final List<Call> preparations = new ArrayList<>();
    private boolean streams; // a stream can be read only once
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

    /** @param sql empty when the text is passed to the execution */
    SteadyStatement(SteadyConnection connection, SteadyConnection.Creation creation, String sql, Statement statement) {
        this.connection = connection;
        this.creation = creation;
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
        return rows(invoke(call));
    }

    private @Nullable Object execute(Call call) throws Throwable {
        String text = call.text(sql);
        if (connection.needsCheck(text) && !streams && !connection.answers()) {
            createAgain();
        }
        try {
            return answered(call);
        } catch (SQLException e) {
            boolean batch = call.method().getName().endsWith("Batch");
            if (streams || !connection.mayRepeat(text, batch, Breakage.of(e))) {
                throw e;
            }
            createAgain();
            return answered(call);
        }
    }

    private @Nullable Object answered(Call call) throws Throwable {
        try {
            Object answer = invoke(call);
            connection.answered();
            return answer;
        } catch (SQLException e) {
            if (Breakage.of(e) == Breakage.NONE) {
                connection.answered(); // a refusal is an answer
            }
            throw e;
        }
    }

    private void createAgain() throws Throwable {
        connection.renew();
        statement = creation.create();
        for (Call preparation : preparations) {
            invoke(preparation);
        }
    }

    private @Nullable Object invoke(Call call) throws Throwable {
        return invoke(statement, call);
    }

    private @Nullable Object invoke(Object target, Call call) throws Throwable {
        try {
            return call.method().invoke(target, call.arguments());
        } catch (InvocationTargetException e) {
            Throwable failure = e.getTargetException();
            connection.failed(failure);
            throw failure;
        }
    }

    /** Rows that are fetched in portions can break while they are read; others are complete. */
    private @Nullable Object rows(@Nullable Object answer) throws SQLException {
        if (answer instanceof ResultSet rows && statement.getFetchSize() > 0) {
            return Proxy.newProxyInstance(
                    SteadyStatement.class.getClassLoader(),
                    new Class<?>[] {ResultSet.class},
                    (proxy, method, arguments) -> invoke(rows, new Call(method, arguments)));
        }
        return answer;
    }
}
