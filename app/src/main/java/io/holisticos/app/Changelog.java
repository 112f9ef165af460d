package io.holisticos.app;

import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.PooledDataSourceFactory;
import io.dropwizard.migrations.MigrationsBundle;
import java.util.function.Function;

/** The commands {@code sahha-db …} and {@code whoop-db …}: migrate, status, rollback, tag and Liquibase's others. */
final class Changelog extends MigrationsBundle<HealthConfiguration> {

    private final String name;
    private final String file;
    private final Function<HealthConfiguration, DataSourceFactory> database;

    Changelog(String name, String file, Function<HealthConfiguration, DataSourceFactory> database) {
        this.name = name;
        this.file = file;
        this.database = database;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String getMigrationsFileName() {
        return file;
    }

    @Override
    public PooledDataSourceFactory getDataSourceFactory(HealthConfiguration configuration) {
        return database.apply(configuration); // without limits: a change set may take as long as the tables are large
    }
}
