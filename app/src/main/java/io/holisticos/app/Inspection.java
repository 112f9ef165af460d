package io.holisticos.app;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.partitioningBy;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.db.ManagedDataSource;
import io.holisticos.database.DatabaseRole;
import io.holisticos.database.DatabaseServer;
import io.holisticos.database.DatabaseState;
import io.holisticos.database.NeverCommitted;
import io.holisticos.health.HealthError;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;
import io.holisticos.web.ApiKeyRow;
import io.holisticos.web.ApiKeyStore;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Looks at everything that the service needs, with the time limits of a caller. Changes nothing, and calls the databases only. */
final class Inspection {

    /** How many replicas and a migration the defaults have room for. */
    private static final int REPLICAS = 3;

    private static final int OF_A_MIGRATION = 4;

    private final HealthConfiguration configuration;
    private final Clock clock;
    private final Clock host;

    /**
     * Looks for one service.
     *
     * @param clock the time of the service
     * @param host this host's own clock, which is compared with those of the databases
     */
    Inspection(HealthConfiguration configuration, Clock clock, Clock host) {
        this.configuration = configuration;
        this.clock = clock;
        this.host = host;
    }

    /** A database that answers. */
    private record Answering(String section, DatabaseConfiguration configuration, DatabaseServer server) {}

    List<Finding> findings() throws Exception {
        List<Finding> findings = new ArrayList<>();
        List<Answering> answering = new ArrayList<>();
        for (Map.Entry<String, DatabaseConfiguration> each :
                configuration.databases().entrySet()) {
            ManagedDataSource pool = each.getValue().readers(new MetricRegistry(), each.getKey());
            try {
                findings.addAll(ofDatabase(each.getKey(), each.getValue(), pool, answering));
            } finally {
                pool.stop();
            }
        }
        findings.addAll(connections(answering));
        findings.add(credentials());
        if (configuration.isForProduction()) {
            findings.addAll(SettingWarnings.findings(configuration));
        }
        return findings;
    }

    private List<Finding> ofDatabase(
            String section, DatabaseConfiguration database, ManagedDataSource pool, List<Answering> answering) {
        String check = section + " database";
        DatabaseState state = DatabaseState.of(pool);
        if (state.condition() != DatabaseState.Condition.WRITABLE) {
            return List.of(Finding.failed(check, state.words() + "; nothing else of it was looked at"));
        }
        List<Finding> findings = new ArrayList<>();
        try {
            DatabaseServer server = DatabaseServer.of(pool);
            answering.add(new Answering(section, database, server));
            findings.add(Finding.ok(check, "answers and can be written, PostgreSQL " + server.version()));
            findings.add(migrations(section, pool));
            findings.add(clock(section, pool));
            if (configuration.isForProduction()) {
                findings.add(role(section, pool));
            }
            findings.add(section.equals(HealthConfiguration.SAHHA_DATABASE) ? serviceKeys(pool) : vault(section, pool));
        } catch (SQLException | JdbiException e) {
            findings.add(Finding.failed(check, WhatFailed.inWords(e)));
        }
        return findings;
    }

    private static Finding migrations(String section, ManagedDataSource pool) {
        String changelog = Migrations.changelogOf(section);
        HealthCheck.Result result = new MigrationsCheck(Map.of(changelog, pool)).execute();
        return result.isHealthy()
                ? Finding.ok(section + " migrations", "all change sets have run")
                : Finding.failed(section + " migrations", result.getMessage());
    }

    private Finding clock(String section, ManagedDataSource pool) {
        DatabaseClock compared =
                new DatabaseClock(host, new DatabaseClockStore(Jdbi.create(pool))::time, System::nanoTime);
        HealthCheck.Result result = compared.healthCheck().execute();
        return result.isHealthy()
                ? Finding.ok(section + " clock", result.getMessage())
                : Finding.failed(section + " clock", result.getMessage());
    }

    private static Finding role(String section, ManagedDataSource pool) throws SQLException {
        String line = RoleWarning.inOneLine(section, pool);
        return DatabaseRole.moreThanNeeded(pool).isPresent()
                ? Finding.warning(section + " role", line)
                : Finding.ok(section + " role", line);
    }

    /** The first start would write a canary with these keys; a check leaves that to it. */
    private Finding vault(String section, ManagedDataSource pool) throws SQLException {
        try (NeverCommitted nothing = NeverCommitted.in(pool)) {
            new Vault(Database.ours(Jdbi.create(nothing)), configuration.vault, new SecureRandom(), clock).prove();
            return Finding.ok("vault", "its keys are those that " + section + " was sealed with, or the first ones");
        } catch (Vault.WrongKey e) {
            return Finding.failed("vault", String.valueOf(e.getMessage()));
        } catch (HealthError notNow) {
            return Finding.failed("vault", "its keys were not looked at: " + WhatFailed.inWords(notNow));
        }
    }

    private Finding serviceKeys(ManagedDataSource pool) {
        boolean configured = configuration.access.leased().isPresent();
        try {
            long active = new ApiKeyStore(Database.ours(Jdbi.create(pool)))
                    .list().stream()
                            .filter(key -> key.state(clock.instant()) == ApiKeyRow.State.ACTIVE)
                            .count();
            String said = active + " service keys let somebody in" + (configured ? ", SERVICE_KEY is set" : "");
            return active > 0 || configured
                    ? Finding.ok("service keys", said)
                    : Finding.warning("service keys", said + ": make one with apikey create");
        } catch (HealthError | JdbiException e) {
            return Finding.failed("service keys", "were not looked at: " + WhatFailed.inWords(e));
        }
    }

    /** Databases on one server share its connections. */
    private List<Finding> connections(List<Answering> answering) {
        List<List<Answering>> byServer = new ArrayList<>();
        for (Answering each : answering) {
            byServer.stream()
                    .filter(sharing -> sharing.get(0).server().isSameAs(each.server()))
                    .findFirst()
                    .ifPresentOrElse(sharing -> sharing.add(each), () -> byServer.add(new ArrayList<>(List.of(each))));
        }
        return byServer.stream().map(Inspection::connectionsOf).toList();
    }

    private static Finding connectionsOf(List<Answering> sharing) {
        int each =
                sharing.stream().mapToInt(one -> one.configuration().mayOpen()).sum();
        int room = sharing.stream().mapToInt(one -> one.server().room()).min().orElse(0);
        String sections =
                String.join(" and ", sharing.stream().map(Answering::section).toList());
        int replicas = Math.max(0, (room - OF_A_MIGRATION) / each);
        String said = "a replica opens up to " + each + " and the server lets this role have " + room + ": room for "
                + replicas + " replicas and a migration";
        if (replicas == 0) {
            return Finding.failed(
                    "connections of " + sections,
                    said + "; raise max_connections or lower " + sections + " maxSize and jobs.maxSize");
        }
        return replicas < REPLICAS
                ? Finding.warning("connections of " + sections, said + "; raise max_connections before there are more")
                : Finding.ok("connections of " + sections, said);
    }

    /** A source without credentials opens no connections. */
    private Finding credentials() {
        Map<Boolean, String> names = configuration.connections().entrySet().stream()
                .collect(partitioningBy(
                        source -> source.getValue() > 0,
                        mapping(source -> source.getKey().value(), joining(", "))));
        String without = names.getOrDefault(false, "");
        return Finding.ok(
                "credentials",
                "are set for " + names.get(true)
                        + (without.isEmpty() ? "" : "; left out, since they are not: " + without));
    }
}
