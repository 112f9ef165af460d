package io.holisticos.notice;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementCustomizer;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * Hears from the database whose answers a commit changed. The triggers that tell other replicas send the writer a message with
 * the same member when the transaction commits, which the driver keeps as a warning: of the statement where it commits by
 * itself, else of the connection. So no writer has to know what of its work is shown, and none can forget to tell.
 */
final class Commits {

    /** The SQL state of the message, whose detail is a member, or empty for all of them. */
    private static final String MEMBER_CHANGED = "MEMBR";

    private final Consumer<String> changed;

    /** @param changed receives a member, or the empty text for all of them; must not throw */
    Commits(Consumer<String> changed) {
        this.changed = changed;
    }

    void hear(Jdbi pool) {
        pool.getConfig(SqlStatements.class).addCustomizer(new AfterStatement());
        pool.setTransactionHandler(new AfterTransaction(pool.getTransactionHandler()));
    }

    private void tell(@Nullable SQLWarning first) {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            if (MEMBER_CHANGED.equals(warning.getSQLState()) && warning instanceof PSQLWarning told) {
                changed.accept(memberOf(told.getServerErrorMessage()));
            }
        }
    }

    private static String memberOf(@Nullable ServerErrorMessage message) {
        String member = message == null ? null : message.getDetail();
        return member == null ? "" : member;
    }

    /** A statement outside of a transaction is committed when it is done. */
    private final class AfterStatement implements StatementCustomizer {
        @Override
        public void afterExecution(PreparedStatement statement, StatementContext context) throws SQLException {
            SQLWarning first = statement.getWarnings();
            if (first != null && context.getConnection().getAutoCommit()) {
                tell(first);
            }
        }
    }

    private final class AfterTransaction extends DelegatingTransactionHandler {

        AfterTransaction(TransactionHandler transactions) {
            super(transactions);
        }

        @Override
        public TransactionHandler specialize(Handle handle) throws SQLException {
            return new AfterTransaction(getDelegate().specialize(handle));
        }

        @Override
        public void commit(Handle handle) {
            super.commit(handle);
            try {
                Connection connection = handle.getConnection();
                SQLWarning first = connection.getWarnings();
                connection.clearWarnings(); // a pooled connection would collect them
                tell(first);
            } catch (SQLException e) {
                throw new TransactionException("the transaction is committed, but not what it changed is known", e);
            }
        }
    }
}
