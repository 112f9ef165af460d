package io.holisticos.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

class MissingTableTest {

    @Test
    void aTableThatIsNotThereYetIsToldFromOtherFaults() {
        Jdbi empty = TestDatabase.empty().jdbi();

        assertThat(MissingTable.isCauseOf(failureOf(empty, "select * from whoop_sync")))
                .isTrue();
        assertThat(MissingTable.isCauseOf(failureOf(empty, "select nonsense"))).isFalse();
        assertThat(MissingTable.isCauseOf(new IllegalStateException())).isFalse();
    }

    private static Throwable failureOf(Jdbi jdbi, String sql) {
        try {
            jdbi.useHandle(handle -> handle.execute(sql));
        } catch (RuntimeException e) {
            return new IllegalStateException(e);
        }
        throw new AssertionError("it worked");
    }
}
