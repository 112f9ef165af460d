package io.holisticos.app;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import io.holisticos.health.WhatFailed;
import io.holisticos.vitals.SlowGauge;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import liquibase.exception.LiquibaseException;

/**
 * Whether every change set of every changelog has run. A database that was found complete is not checked again, because
 * an older process cannot roll back a change set while this one runs.
 */
final class MigrationsCheck extends HealthCheck {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

    private final Map<String, DataSource> databases;
    private final Set<String> complete = ConcurrentHashMap.newKeySet();

    /** @param databases by the changelog that migrates them. Their pools time out soon */
    MigrationsCheck(Map<String, DataSource> databases) {
        this.databases = new LinkedHashMap<>(databases);
    }

    /** The check of one changelog. What either check finds complete, the other does not check again. */
    HealthCheck of(String changelog) {
        DataSource database = Objects.requireNonNull(databases.get(changelog), changelog);
        return new HealthCheck() {
            @Override
            protected Result check() {
                return look(changelog, database);
            }
        };
    }

    /** The gauges {@code databases.<name>.migrated}. */
    void register(MetricRegistry metrics) {
        databases.forEach((changelog, database) -> {
            SlowGauge<Boolean> migrated =
                    new SlowGauge<>(LOOK_AGAIN, () -> look(changelog, database).isHealthy());
            Gauge<Integer> gauge = () -> migrated.getValue().orElse(false) ? 1 : 0;
            metrics.gauge("databases." + Migrations.commandOf(changelog) + ".migrated", () -> gauge);
        });
    }

    @Override
    protected Result check() {
        return databases.entrySet().stream()
                .map(each -> look(each.getKey(), each.getValue()))
                .filter(result -> !result.isHealthy())
                .findFirst()
                .orElseGet(Result::healthy);
    }

    private Result look(String changelog, DataSource database) {
        if (complete.contains(changelog)) {
            return Result.healthy();
        }
        try {
            int missing = Migrations.missing(database, changelog);
            if (missing > 0) {
                return Result.unhealthy(
                        "%s: %d change sets have not run: run %s migrate config.yml",
                        changelog, missing, Migrations.commandOf(changelog));
            }
            complete.add(changelog);
            return Result.healthy();
        } catch (SQLException | LiquibaseException e) {
            return Result.unhealthy("%s: %s", changelog, WhatFailed.inWords(e));
        }
    }
}
