package io.holisticos.app;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.database.DatabaseState;
import javax.sql.DataSource;

/** Whether a database answers and accepts writes. Otherwise says what is wrong. */
final class DatabaseCheck extends HealthCheck {

    private final DataSource pool;

    DatabaseCheck(DataSource pool) {
        this.pool = pool;
    }

    @Override
    protected Result check() {
        DatabaseState state = DatabaseState.of(pool);
        return switch (state.condition()) {
            case WRITABLE -> Result.healthy();
            case READ_ONLY, BUSY, AWAY -> Result.unhealthy("%s", state.words());
        };
    }
}
