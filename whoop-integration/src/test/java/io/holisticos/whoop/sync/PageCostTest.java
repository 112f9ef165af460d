package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a page costs between WHOOP's answer and the next look: round trips are what a day of all members is made of. */
class PageCostTest {

    private static final UserId ANNA = new UserId("demo-anna");

    private final SyncBed bed = new SyncBed();
    private final List<String> roundTrips = new CopyOnWriteArrayList<>();

    @BeforeEach
    void hold() {
        bed.connect(ANNA);
        bed.requests.firstSync(ANNA);
        bed.work();
        bed.clock.advance(Duration.ofMinutes(1));
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void aPageWithNewsCostsTwoRoundTrips() {
        bed.tell(ANNA, RecordCollection.WORKOUT, bed.addWorkout(ANNA));
        int before = bed.count("whoop_workout", ANNA);

        readOnePage();

        assertThat(bed.count("whoop_workout", ANNA)).isEqualTo(before + 1);
        assertThat(roundTrips).hasSize(2);
    }

    @Test
    void aPageWithoutNewsCostsTwoRoundTrips() {
        bed.tell(ANNA, RecordCollection.WORKOUT, UUID.randomUUID());

        readOnePage();

        assertThat(roundTrips).hasSize(2);
    }

    private void readOnePage() {
        bed.clock.advance(Duration.ofMinutes(1));
        bed.onCall(() -> bed.jdbi.setSqlLogger(counter()));

        bed.job.work(ANNA, () -> false);
        bed.jdbi.setSqlLogger(SqlLogger.NOP_SQL_LOGGER);

        assertThat(bed.calls()).endsWith("activity/workout");
    }

    /** A statement in a transaction costs the end of that besides. */
    private SqlLogger counter() {
        return new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                roundTrips.add(context.getRawSql());
                try {
                    if (!context.getConnection().getAutoCommit()) {
                        roundTrips.add("commit");
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }
}
