package io.holisticos.app;

import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.app.admin.AdminPort;
import io.holisticos.app.admin.QuotaServlet;
import io.holisticos.app.admin.QuotaTask;
import io.holisticos.app.admin.hystrix.HystrixSurfaces;
import io.holisticos.app.admin.prometheus.Prometheus;
import io.holisticos.app.edge.Edge;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.Flags;
import io.holisticos.app.probes.Drain;
import io.holisticos.app.probes.Probes;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.WhatFailed;
import io.holisticos.jobs.Jobs;
import io.holisticos.outbound.Commands;
import io.holisticos.outbound.OutboundClient;
import io.holisticos.sahha.SahhaModule;
import io.holisticos.unified.UnifiedModule;
import io.holisticos.vault.MemberHash;
import io.holisticos.vault.Vault;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.NonsenseContentType;
import io.holisticos.web.RequestLog;
import io.holisticos.web.WebModule;
import io.holisticos.web.WebhookDoor;
import io.holisticos.whoop.WhoopModule;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The service: {@code server config.yml}, and the migrations of its two databases. */
public final class HealthApplication extends Application<HealthConfiguration> {

    private static final Logger log = LoggerFactory.getLogger(HealthApplication.class);

    /** Virtual threads exist from here on; asking an older runtime for them ends the start. */
    private static final int FIRST_JDK_WITH_VIRTUAL_THREADS = 21;

    private static final int REFRESH_THREADS = 10;

    /** Beyond these, readers are told at once that Sahha cannot be asked. */
    private static final int REFRESHES_WAITING = 1_000;

    private final Clock clock;
    private final Variables variables;
    private final Jobs.Maker jobs;
    private final Consumer<Environment> more;
    private volatile @Nullable Server server;

    public HealthApplication() {
        this(Clock.systemUTC(), System::getenv);
    }

    /**
     * @param clock the time of everything but timeouts
     * @param variables what {@code config.yml} calls the environment
     */
    public HealthApplication(Clock clock, Function<String, @Nullable String> variables) {
        this(clock, variables, Jobs::in);
    }

    /**
     * The same service with other hands for WHOOP's jobs; everything else is as in production.
     *
     * @param jobs {@link Jobs#in} where jobs have threads of their own
     */
    public HealthApplication(Clock clock, Function<String, @Nullable String> variables, Jobs.Maker jobs) {
        this(clock, variables, jobs, environment -> {});
    }

    /** @param more what is registered beside our own, last */
    HealthApplication(Clock clock, Function<String, @Nullable String> variables, Consumer<Environment> more) {
        this(clock, variables, Jobs::in, more);
    }

    private HealthApplication(
            Clock clock, Function<String, @Nullable String> variables, Jobs.Maker jobs, Consumer<Environment> more) {
        this.clock = clock;
        this.variables = new Variables(variables);
        this.jobs = jobs;
        this.more = more;
    }

    public static void main(String[] args) throws Exception {
        new HealthApplication().run(args);
    }

    @Override
    public void run(String... arguments) throws Exception {
        Bootstrap<HealthConfiguration> bootstrap = new Bootstrap<>(this);
        addDefaultCommands(bootstrap);
        initialize(bootstrap);
        bootstrap.registerMetrics();
        commandLine(bootstrap).run(System.out, System.err, arguments).ifPresent(this::onFatalError);
    }

    CommandLine commandLine(Bootstrap<HealthConfiguration> bootstrap) {
        return new CommandLine(bootstrap, variables::hidden);
    }

    @Override
    public String getName() {
        return "app.jar";
    }

    @Override
    public void initialize(Bootstrap<HealthConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(
                new SubstitutingSourceProvider(bootstrap.getConfigurationSourceProvider(), variables.substitutor()));
        JsonSettings.applyTo(bootstrap.getObjectMapper());
        bootstrap.addBundle(new Views());
        bootstrap.addCommand(new MigrationCommand("sahha-db", Migrations.SAHHA_CHANGELOG, all -> all.sahhaDatabase));
        bootstrap.addCommand(
                new MigrationCommand("sahha-cut-over", Migrations.SAHHA_CUT_OVER, all -> all.sahhaDatabase));
        bootstrap.addCommand(new MigrationCommand("whoop-db", Migrations.WHOOP_CHANGELOG, all -> all.whoopDatabase));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<HealthConfiguration> bootstrap) {
        bootstrap.addCommand(new ServerCommand<>(this));
        bootstrap.addCommand(new Check(this));
        bootstrap.addCommand(new RebuildWhoop(clock));
        bootstrap.addCommand(new ReactivateConnections(clock));
    }

    @Override
    public void run(HealthConfiguration configuration, Environment environment) {
        LibraryLogLevels.install();
        environment.lifecycle().manage(LogThrottle.install());
        ServerDefaults.applyTo(configuration.getServerFactory(), hasVirtualThreads());
        environment.lifecycle().addServerLifecycleListener(started -> server = started);

        Database.tellConnections(
                configuration.sahhaDatabase,
                Optional.of(configuration.whoopDatabase).filter(any -> configuration.whoop.isConfigured()));
        Database sahhaDatabase = Database.open(environment, configuration.sahhaDatabase, "sahha-db", clock);
        Map<String, DataSource> changelogs = new LinkedHashMap<>();
        changelogs.put(Migrations.SAHHA_CHANGELOG, sahhaDatabase.readers().source());
        Flags flags = new Flags(sahhaDatabase.readers().source(), sahhaDatabase.notices());
        AccessRules rules = new AccessRules();
        ApiKeyStore keyStore = new ApiKeyStore(sahhaDatabase.readers().jdbi());
        ApiKeys keys = new ApiKeys(keyStore, clock);
        configuration.access.leased().ifPresent(keys::leasing);
        keys.listenTo(sahhaDatabase.notices());

        Commands commands = new Commands(configuration.commands, environment.metrics(), clock, System::nanoTime);
        SahhaModule sahha = sahha(configuration, environment, commands, sahhaDatabase);
        Optional<WhoopModule> whoop = Optional.empty();
        Optional<Probes.Integration> integration = Optional.empty();
        if (configuration.whoop.isConfigured()) {
            Database whoopDatabase = Database.open(environment, configuration.whoopDatabase, "whoop-db", clock);
            changelogs.put(Migrations.WHOOP_CHANGELOG, whoopDatabase.readers().source());
            WhoopModule.Storage storage = new WhoopModule.Storage(
                    whoopPool(configuration, whoopDatabase.readers()),
                    whoopPool(configuration, whoopDatabase.workers()),
                    jobs,
                    whoopDatabase.notices(),
                    agreed(environment, whoopDatabase));
            proveVault(storage);
            WhoopModule module = whoop(configuration, environment, commands, flags, storage);
            whoop = Optional.of(module);
            integration = Optional.of(new Probes.Integration(
                    whoopDatabase.readers().source(),
                    module.vitals(),
                    () -> flags.isOnForAnyone(Flag.WHOOP_INTEGRATION)));
        }
        Executor threads =
                hasVirtualThreads() ? ReadingThreads.virtual(environment) : ReadingThreads.platform(environment);
        Sources sources = whoop.map(module -> Sources.withWhoop(sahha.source(), module.source(), flags, threads))
                .orElseGet(() -> Sources.withoutWhoop(sahha.source(), threads));
        sahha.alsoOurs(sources.whoop());

        RequestLog.register(environment, MemberHash.of(configuration.vault)::of);
        NonsenseContentType.register(environment, "/webhooks/*");
        Shedding.register(environment, configuration.shedding, maxThreads(configuration));
        JerseyEnvironment jersey = environment.jersey();
        SecurityEvents security = new SecurityEvents(environment.metrics());
        WebModule.register(jersey, keys, rules, security);
        ExistingCallers.register(environment, configuration.access.existingRoutes, keys, rules);
        sahha.resources(sources.whoop(), rules).forEach(jersey::register);
        new UnifiedModule(
                        sources.inOrder(),
                        sources.precedence(),
                        configuration.unified,
                        new UnifiedModule.Tools(
                                who -> flags.isOn(Flag.PARALLEL_READ, who), environment.metrics(), clock))
                .register(jersey, Sources.WHOOP);
        whoop.ifPresent(module -> module.register(jersey));
        MigrationsCheck migrations = new MigrationsCheck(changelogs);
        Probes.register(
                environment,
                Drain.in(environment, configuration.drainTime.toJavaDuration()),
                new Probes.EntryPoint(
                        sahhaDatabase.readers().source(), migrations.of(Migrations.SAHHA_CHANGELOG), sahha.vitals()),
                integration,
                clock);
        jersey.register(OpenApiResource.of(configuration.publicUrl, jersey.getResourceConfig()));
        RefusedRequests.answerIn(environment);
        Edge.open(environment, configuration.edge(), WebhookDoor::standsBefore);
        CrossOrigin.allow(environment, configuration.access.origins());

        AdminPort.show(environment.getAdminContext(), configuration.diagnostics);
        AdminPort.open(environment.admin(), environment.getObjectMapper(), keys, flags, security);
        HystrixSurfaces.open(environment, commands, configuration.hystrix);
        Prometheus.open(environment, commands);
        environment.healthChecks().register("migrations", migrations);
        environment.lifecycle().manage(new ServiceKeyLease(keyStore, configuration.access, clock));
        OpenRoutes.tell(configuration.access, configuration.getServerFactory());
        more.accept(environment);
    }

    private SahhaModule sahha(
            HealthConfiguration configuration, Environment environment, Commands commands, Database database) {
        SahhaModule sahha = new SahhaModule(
                configuration.sahha,
                OutboundClient.build(environment, configuration.sahha.outbound(), "sahha"),
                new SahhaModule.Storage(
                        database.readers().jdbi(), database.workers().jdbi()),
                new SahhaModule.Tools(commands, environment.getObjectMapper(), environment.metrics(), clock),
                environment
                        .lifecycle()
                        .executorService("sahha-refresh-%d")
                        .minThreads(REFRESH_THREADS)
                        .maxThreads(REFRESH_THREADS)
                        .workQueue(new ArrayBlockingQueue<>(REFRESHES_WAITING))
                        .build());
        environment.lifecycle().manage(sahha);
        environment.healthChecks().register("sahha", sahha.healthCheck());
        return sahha;
    }

    private WhoopModule whoop(
            HealthConfiguration configuration,
            Environment environment,
            Commands commands,
            Flags flags,
            WhoopModule.Storage storage) {
        WhoopModule whoop = new WhoopModule(
                configuration.whoop,
                new WhoopModule.Tools(
                        new WhoopModule.Clients(
                                OutboundClient.build(environment, configuration.whoop.api(), "whoop"),
                                OutboundClient.build(environment, configuration.whoop.oauth(), "whoop-oauth")),
                        commands,
                        environment.getObjectMapper(),
                        environment.metrics(),
                        clock),
                storage,
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

    private WhoopModule.Pool whoopPool(HealthConfiguration configuration, Database.Pool pool) {
        Vault vault = new Vault(pool.jdbi(), configuration.vault, new SecureRandom(), clock);
        return new WhoopModule.Pool(pool.source(), pool.jdbi(), vault);
    }

    /**
     * The time that replicas of this database agree on. A clock that was given to us is the time: only this host's own is
     * compared.
     */
    private Clock agreed(Environment environment, Database database) {
        if (!clock.equals(Clock.systemUTC())) {
            return clock;
        }
        DatabaseClockStore store = new DatabaseClockStore(database.readers().jdbi());
        DatabaseClock agreed = new DatabaseClock(clock, store::time, System::nanoTime);
        environment.healthChecks().register("clock", agreed.healthCheck());
        return agreed;
    }

    /** With the database away, or empty yet, whatever needs the vault waits for this; Sahha's callers do not. */
    private static void proveVault(WhoopModule.Storage storage) {
        try {
            storage.reads().vault().prove(); // by the way that gives up soon
            storage.work().vault().prove();
        } catch (Vault.WrongKey e) {
            throw new OperatorMessage.Mendable(String.valueOf(e.getMessage()), e);
        } catch (SourceUnavailable away) {
            log.atLevel(WhatFailed.isNotMigrated(away) ? Level.DEBUG : Level.WARN)
                    .log("event=vault_not_proven cause=\"{}\"", WhatFailed.inWords(away));
        }
    }

    private static boolean hasVirtualThreads() {
        return Runtime.version().feature() >= FIRST_JDK_WITH_VIRTUAL_THREADS;
    }

    private static int maxThreads(HealthConfiguration configuration) {
        return configuration.getServerFactory() instanceof AbstractServerFactory server
                ? server.getMaxThreads()
                : new DefaultServerFactory().getMaxThreads();
    }

    /** Ends the service as SIGTERM does. Does nothing before it has started. */
    public void stop() throws Exception {
        Server running = server;
        if (running != null) {
            running.stop();
        }
    }
}
