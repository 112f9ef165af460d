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

/** Table {@code feature_flag}, by Togglz. */
final class FlagStore {

    /** What one replica keeps must be what stands: nobody else changes the flag between the reading and the writing. */
    private static final String ONE_CHANGE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(:key, 0))";

    private FlagStore() {}

    /** For reading. */
    static StateRepository reading(DataSource database) {
        return table(database);
    }

    /** For reading and writing in this transaction, and for nobody else until it ends. */
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
                .noCommit(true) // where it is a part of a transaction; elsewhere each statement is one
                .build();
    }

    /** Togglz asks for a connection and closes it: it gets the transaction's, which stays open. */
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
