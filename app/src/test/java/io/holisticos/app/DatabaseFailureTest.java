package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on either database say what failed in the same words, and what to do about just that. */
class DatabaseFailureTest {

    private static final DatabaseFailure OF_WHOOP = DatabaseFailure.ofChange("WHOOP");

    @ParameterizedTest
    @CsvSource({
        "25006, the database is read-only (25006)",
        "22021, a value the database cannot hold (22021)",
        "23505, a row the database's rules refuse (23505)",
        "57014, statement timeout (57014)",
        "42703, schema is not migrated: run sahha-db migrate and whoop-db migrate (42703)"
    })
    void whatADatabaseThatAnswersRefusesIsNoQuestionOfPasswords(String state, String words) {
        assertThat(said(state))
                .startsWith("WHOOP's database cannot be used: " + words)
                .endsWith("what was written is kept, run it again afterwards")
                .doesNotContain("does not answer", "PASSWORD");
        assertThat(OperatorMessage.of(failure(state)))
                .hasValueSatisfying(line -> assertThat(line)
                        .startsWith("the database cannot be used: " + words)
                        .doesNotContain("PASSWORD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08006", "28P01", "28000"})
    void whoReachesNothingOrIsNotLetInLooksAtAddressAndPassword(String state) {
        assertThat(said(state)).contains("cannot be used", "WHOOP_DATABASE_URL", "_PASSWORD", "(" + state + ")");
        assertThat(OperatorMessage.of(failure(state)))
                .hasValueSatisfying(line -> assertThat(line).contains("SAHHA_DATABASE_URL", "_PASSWORD"));
    }

    @Test
    void whatIsNoDatabasesDoingIsLeftAsItIs() {
        RuntimeException ours = new IllegalStateException("a fault of ours");

        assertThat(OF_WHOOP.explained(ours)).isSameAs(ours);
    }

    private static String said(String state) {
        return String.valueOf(OF_WHOOP.explained(failure(state)).getMessage());
    }

    private static RuntimeException failure(String state) {
        return new IllegalStateException("select * from members", new SQLException("anna", state));
    }
}
