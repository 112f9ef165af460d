package io.holisticos.app.flags;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.togglz.core.repository.StateRepository;
import org.togglz.core.repository.jdbc.JDBCStateRepository;

/** Owns table {@code feature_flag}, which has Togglz's columns. */
final class FlagStore {

    /** No other transaction may change the flag between reading and writing it. */
    private static final String ONE_CHANGE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(:key, 0))";

    private FlagStore() {}

    /** The flags for reading. */
    static StateRepository reading(DataSource database) {
        return table(database);
    }

    /** The flags for reading and writing in this transaction; changes of the flag by others wait for its end. */
    static StateRepository changing(Handle transaction, Flag flag) {
        transaction
                .createQuery(ONE_CHANGE_AT_A_TIME)
                .bind("key", "flag/" + flag.name())
                .map((row, context) -> 0)
                .list();
        return table(sameAs(transaction.getConnection()));
    }

    private static StateRepository table(DataSource database) {
        return JDBCStateRepository.newBuilder(database)
                .tableName("feature_flag")
                .createTable(false)
                .noCommit(true) // the caller's transaction commits; elsewhere each statement is a transaction
                .build();
    }

    /** Togglz closes the connection it is given, so this one ignores that and stays open. */
    private static DataSource sameAs(Connection transaction) {
        Connection kept = proxy(Connection.class, (method, arguments) -> {
            try {
                return method.getName().equals("close") ? null : method.invoke(transaction, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
        return proxy(DataSource.class, (method, arguments) -> kept);
    }

    @FunctionalInterface
    private interface Called {
        @Nullable
        Object with(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Called called) {
        return type.cast(Proxy.newProxyInstance(
                FlagStore.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> called.with(method, arguments)));
    }
}
