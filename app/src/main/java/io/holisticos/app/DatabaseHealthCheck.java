package io.holisticos.app;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.health.WhatFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Whether a database answers, and what failed when it does not. The pool's own limits bound it. */
final class DatabaseHealthCheck extends HealthCheck {

    private final DataSource database;

    DatabaseHealthCheck(DataSource database) {
        this.database = database;
    }

    @Override
    protected Result check() {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            return Result.healthy();
        } catch (SQLException e) {
            return Result.unhealthy("%s", WhatFailed.inWords(e));
        }
    }
}
