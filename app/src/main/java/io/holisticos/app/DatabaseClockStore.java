package io.holisticos.app;

import java.time.Instant;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Jdbi;

/** Reads a database's clock. No other class does: everything that is stored is dated by ours. */
final class DatabaseClockStore {

    private static final String TIME = "select clock_timestamp()";

    private final Jdbi jdbi;

    DatabaseClockStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    Instant time() {
        return jdbi.withHandle(handle ->
                        handle.createQuery(TIME).mapTo(OffsetDateTime.class).one())
                .toInstant();
    }
}
