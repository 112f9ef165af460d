package io.holisticos.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.testing.TestDatabase;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store's caller is told when a statement fails. */
class DatabaseTest {

    private static final SourceName WHOOP = new SourceName("whoop");
    private static final Jdbi JDBI = TestDatabase.empty().jdbi();

    private final Database database = new Database(JDBI, WHOOP);

    @Test
    void aDatabaseThatIsAwayIsUnavailable() {
        Database away = new Database(Jdbi.create("jdbc:postgresql://127.0.0.1:1/nowhere"), WHOOP);

        assertThatThrownBy(() -> away.withHandle(handle -> 1)).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> away.useHandle(handle -> handle.execute("select 1")))
                .isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> away.inTransaction(handle -> 1)).isInstanceOf(SourceUnavailable.class);
    }

    /** Read-only, stopped, no lock, deadlock, no room, another session of a pooler, not migrated, no privilege. */
    @ParameterizedTest
    @ValueSource(strings = {"25006", "57014", "55P03", "40P01", "53100", "26000", "42P01", "42501"})
    void troubleThatPassesIsUnavailable(String state) {
        assertThatThrownBy(() -> database.useHandle(handle -> handle.execute(raise(state))))
                .isInstanceOf(SourceUnavailable.class)
                .hasCauseInstanceOf(JdbiException.class);
    }

    /** A row that a rule refuses, a value out of range, a statement that is wrong. */
    @ParameterizedTest
    @ValueSource(strings = {"23505", "22003", "42601"})
    void aFaultOfOursStaysWhatItIs(String state) {
        assertThatThrownBy(() -> database.useHandle(handle -> handle.execute(raise(state))))
                .isInstanceOf(JdbiException.class);
    }

    @Test
    void storesOfOneThreadShareATransactionAndItIsRolledBackAsAWhole() {
        JDBI.useHandle(handle -> handle.execute("create table kept (id int)"));

        assertThatThrownBy(() -> database.inTransaction(transaction -> {
                    database.useHandle(handle -> handle.execute("insert into kept values (1)"));
                    throw new IllegalStateException("a fault of ours");
                }))
                .isInstanceOf(IllegalStateException.class);

        int rows = database.withHandle(handle -> handle.createQuery("select count(*) from kept")
                .mapTo(Integer.class)
                .one());
        assertThat(rows).isZero();
    }

    private static String raise(String state) {
        return "do $$ begin raise exception using errcode = '" + state + "'; end $$";
    }
}
