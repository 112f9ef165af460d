package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.holisticos.app.admin.QuotaServlet;
import io.holisticos.app.admin.QuotaTask;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.WhoopModule;
import java.security.SecureRandom;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Builds WHOOP's module from what the service has: its databases, clients, flags, admin routes and health checks. */
final class WhoopWiring {

    private static final Logger log = LoggerFactory.getLogger(WhoopWiring.class);

    private final HealthConfiguration configuration;
    private final Environment environment;
    private final Clock clock;
    private final Ground.Outside outside;

    WhoopWiring(HealthConfiguration configuration, Environment environment, Clock clock, Ground.Outside outside) {
        this.configuration = configuration;
        this.environment = environment;
        this.clock = clock;
        this.outside = outside;
    }

    /** The module, started and stopped with the environment. */
    WhoopModule module(Ground.WhoopDatabase database, Ground.Switches switches) {
        Flags flags = switches.flags();
        WhoopModule whoop = new WhoopModule(
                configuration.whoop,
                new WhoopModule.Tools(
                        new WhoopModule.Clients(
                                outside.clients().make(configuration.whoop.api(), "whoop"),
                                outside.clients().make(configuration.whoop.oauth(), "whoop-oauth")),
                        switches.commands(),
                        environment.getObjectMapper(),
                        environment.metrics(),
                        clock),
                storage(database.database(), database.agreed()),
                new WhoopModule.Switches(
                        who -> flags.isOn(Flag.WHOOP_INTEGRATION, who),
                        who -> flags.isOn(Flag.WHOOP_CONNECT, who),
                        who -> flags.isOn(Flag.WHOOP_SYNC, who)));
        environment
                .admin()
                .addServlet("quota", new QuotaServlet(whoop.quota()::report, environment.getObjectMapper()))
                .addMapping("/quota");
        environment.admin().addTask(new QuotaTask(whoop.quota(), environment.getObjectMapper()));
        environment.lifecycle().manage(whoop);
        whoop.healthChecks().forEach(environment.healthChecks()::register);
        return whoop;
    }

    private WhoopModule.Storage storage(Database database, Clock agreed) {
        WhoopModule.Storage storage = new WhoopModule.Storage(
                pool(database.readers()), pool(database.workers()), outside.jobs(), database.notices(), agreed);
        checkVault(storage);
        return storage;
    }

    private WhoopModule.Pool pool(Database.Pool pool) {
        Vault vault = new Vault(pool.jdbi(), configuration.vault, new SecureRandom(), clock);
        return new WhoopModule.Pool(pool.source(), pool.jdbi(), vault);
    }

    /**
     * Ends the start if the vault's key is wrong. While the database does not answer or is empty, everything that needs the
     * vault waits; callers of Sahha do not need it.
     */
    private static void checkVault(WhoopModule.Storage storage) {
        try {
            storage.reads().vault().prove(); // first with the pool whose time limits are short
            storage.work().vault().prove();
        } catch (Vault.WrongKey e) {
            throw new OperatorMessage.Mendable(String.valueOf(e.getMessage()), e);
        } catch (SourceUnavailable away) {
            log.atLevel(WhatFailed.isNotMigrated(away) ? Level.DEBUG : Level.WARN)
                    .log("event=vault_not_proven cause=\"{}\"", WhatFailed.inWords(away));
        }
    }
}
