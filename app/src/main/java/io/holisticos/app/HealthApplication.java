package io.holisticos.app;

import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.app.admin.AdminPort;
import io.holisticos.app.admin.hystrix.HystrixSurfaces;
import io.holisticos.app.admin.prometheus.Prometheus;
import io.holisticos.app.edge.Edge;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.Flags;
import io.holisticos.app.probes.Drain;
import io.holisticos.app.probes.Probes;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.command.Commands;
import io.holisticos.health.SourceName;
import io.holisticos.jobs.Jobs;
import io.holisticos.outbound.OutboundClient;
import io.holisticos.sahha.SahhaModule;
import io.holisticos.unified.UnifiedModule;
import io.holisticos.vault.MemberHash;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.InvalidContentType;
import io.holisticos.web.RequestLog;
import io.holisticos.web.WebModule;
import io.holisticos.web.WebhookReceiver;
import io.holisticos.whoop.WhoopModule;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/** The service: {@code server config.yml}, and the commands of its operators. */
public final class HealthApplication extends Application<HealthConfiguration> {

    /** The first JDK with virtual threads; on an older one, asking for them would end the start. */
    private static final int FIRST_JDK_WITH_VIRTUAL_THREADS = 21;

    private static final int REFRESH_THREADS = 10;

    /** With so many refreshes waiting, further readers get an answer from stored data at once. */
    private static final int REFRESHES_WAITING = 1_000;

    private final Clock clock;
    private final Variables variables;
    private final Jobs.Maker jobs;
    private final Consumer<Environment> more;
    private final List<Sources.Entry> further;
    private volatile @Nullable Server server;

    public HealthApplication() {
        this(Clock.systemUTC(), System::getenv);
    }

    /**
     * Creates the service.
     *
     * @param clock the time of everything except timeouts
     * @param variables the environment variables that {@code config.yml} names
     */
    public HealthApplication(Clock clock, Function<String, @Nullable String> variables) {
        this(clock, variables, Jobs::in);
    }

    /**
     * Creates the service with another way to run WHOOP's jobs; everything else is as in production.
     *
     * @param jobs {@link Jobs#in} in production, where jobs have threads of their own
     */
    public HealthApplication(Clock clock, Function<String, @Nullable String> variables, Jobs.Maker jobs) {
        this(clock, variables, jobs, environment -> {}, List.of());
    }

    /**
     * Creates the service with more than it has.
     *
     * @param more registers more after everything of the service is registered
     * @param further sources beside those of the product, after them in their order
     */
    HealthApplication(
            Clock clock,
            Function<String, @Nullable String> variables,
            Consumer<Environment> more,
            List<Sources.Entry> further) {
        this(clock, variables, Jobs::in, more, further);
    }

    private HealthApplication(
            Clock clock,
            Function<String, @Nullable String> variables,
            Jobs.Maker jobs,
            Consumer<Environment> more,
            List<Sources.Entry> further) {
        this.clock = clock;
        this.variables = new Variables(variables);
        this.jobs = jobs;
        this.more = more;
        this.further = List.copyOf(further);
    }

    public static void main(String[] args) throws Exception {
        new HealthApplication().run(args);
    }

    @Override
    public void run(String... arguments) throws Exception {
        endOf(arguments).ifPresent(this::onFatalError);
    }

    /** Runs a command; returns what ended it, after it was said; empty when it went well. */
    Optional<Throwable> endOf(String... arguments) {
        Bootstrap<HealthConfiguration> bootstrap = new Bootstrap<>(this);
        addDefaultCommands(bootstrap);
        initialize(bootstrap);
        bootstrap.registerMetrics();
        return commandLine(bootstrap).run(System.out, System.err, arguments);
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
        bootstrap.setConfigurationFactoryFactory((type, validator, mapper, prefix) ->
                new YamlConfigurationFactory<>(type, validator, JsonSettings.ofConfiguration(mapper), prefix));
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
        bootstrap.addCommand(new Check(this, this::requireKnownSources));
        bootstrap.addCommand(new RebuildWhoop(clock));
        bootstrap.addCommand(new ReactivateConnections(clock));
    }

    @Override
    public void run(HealthConfiguration configuration, Environment environment) {
        requireKnownSources(configuration);
        LibraryLogLevels.install();
        environment.lifecycle().manage(LogThrottle.install());
        ServerDefaults.applyTo(configuration.getServerFactory(), hasVirtualThreads());
        environment.lifecycle().addServerLifecycleListener(started -> server = started);

        Database.tellConnections(configuration.connections());
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
        Optional<Sources.Built<?>> whoopSource = Optional.empty();
        if (configuration.whoop.isConfigured()) {
            Database whoopDatabase = Database.open(environment, configuration.whoopDatabase, "whoop-db", clock);
            changelogs.put(Migrations.WHOOP_CHANGELOG, whoopDatabase.readers().source());
            WhoopModule module = new WhoopWiring(configuration, environment, clock, jobs)
                    .module(whoopDatabase, agreedClock(environment, whoopDatabase), commands, flags);
            whoop = Optional.of(module);
            whoopSource = Optional.of(new Sources.Built<>(
                    module.source(), module.vitals(), whoopDatabase.readers().source()));
        }
        Sources sources = Sources.of(
                Stream.concat(Sources.sahhaAndWhoop(sahha.source(), whoopSource).stream(), further.stream())
                        .toList(),
                flags,
                readingThreads(environment));
        sahha.alsoMembersOf(sources.beside());

        RequestLog.register(environment, MemberHash.of(configuration.vault)::of);
        InvalidContentType.register(environment, "/webhooks/*");
        Shedding.register(environment, configuration.shedding, maxThreads(configuration));
        JerseyEnvironment jersey = environment.jersey();
        SecurityEvents security = new SecurityEvents(environment.metrics());
        WebModule.register(jersey, keys, rules, security);
        ExistingCallers.register(environment, configuration.access.existingRoutes, keys, rules);
        UnifiedModule unified = new UnifiedModule(
                sources.inOrder(),
                sources.precedence(),
                Sources.relays(sahha),
                configuration.unified.complete(sources.shares()),
                new UnifiedModule.Tools(
                        new UnifiedModule.Storage(sahhaDatabase.readers().jdbi(), sahhaDatabase.notices()),
                        who -> flags.isOn(Flag.PARALLEL_READ, who),
                        environment.metrics(),
                        clock));
        sahha.resources(Sources.OPTIONAL, unified.combined(), rules).forEach(jersey::register);
        unified.register(jersey, Sources.OPTIONAL);
        unified.registerOverviews(
                jersey,
                Sources.OPTIONAL,
                overviewThreads(environment, configuration.unified.membersAtOnce),
                environment.getObjectMapper());
        whoop.ifPresent(module -> module.register(jersey));
        MigrationsCheck migrations = new MigrationsCheck(changelogs);
        Probes.register(
                environment,
                Drain.in(environment, configuration.drainTime.toJavaDuration()),
                new Probes.EntryPoint(
                        sahhaDatabase.readers().source(), migrations.of(Migrations.SAHHA_CHANGELOG), sahha.vitals()),
                sources.probed(),
                clock);
        jersey.register(OpenApiResource.of(configuration.publicUrl, jersey.getResourceConfig()));
        RefusedRequests.answerIn(environment);
        Edge.open(environment, configuration.edge(), WebhookReceiver::handles);
        CrossOrigin.allow(environment, configuration.access.origins());

        AdminPort.show(environment.getAdminContext(), configuration.diagnostics);
        AdminPort.open(environment.admin(), environment.getObjectMapper(), keys, flags, security);
        HystrixSurfaces.open(environment, commands, configuration.hystrix, sources.dispensable());
        Prometheus.open(environment, commands);
        environment.healthChecks().register("migrations", migrations);
        environment.lifecycle().manage(new ServiceKeyLease(keyStore, configuration.access, clock));
        OpenRoutes.tell(configuration.access, configuration.getServerFactory());
        more.accept(environment);
    }

    /** @throws OperatorMessage.Mendable when an order of the deployment names a source that there is not */
    private void requireKnownSources(HealthConfiguration configuration) {
        List<SourceName> names = Stream.concat(
                        Sources.NAMES.stream(), further.stream().map(Sources.Entry::name))
                .toList();
        if (!configuration.unified.prefersOnly(names)) {
            throw new OperatorMessage.Mendable("unified.preferences names a source that there is not, allowed are "
                    + names.stream().map(SourceName::value).collect(Collectors.joining(", ")));
        }
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

    /**
     * The clock that all replicas of this database agree on. Only the host's own clock is compared with the database; a clock
     * that was given to the service is used as it is.
     */
    private Clock agreedClock(Environment environment, Database database) {
        if (!clock.equals(Clock.systemUTC())) {
            return clock;
        }
        DatabaseClockStore store = new DatabaseClockStore(database.readers().jdbi());
        DatabaseClock agreed = new DatabaseClock(clock, store::time, System::nanoTime);
        environment.healthChecks().register("clock", agreed.healthCheck());
        return agreed;
    }

    private static Executor readingThreads(Environment environment) {
        return hasVirtualThreads() ? ReadingThreads.virtual(environment) : ReadingThreads.platform(environment);
    }

    private static ExecutorService overviewThreads(Environment environment, int count) {
        return environment
                .lifecycle()
                .executorService("overviews-%d")
                .minThreads(count)
                .maxThreads(count)
                .allowCoreThreadTimeOut(true)
                .build();
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
