package io.holisticos.app;

import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.app.access.Mode;
import io.holisticos.app.admin.AdminPort;
import io.holisticos.app.admin.hystrix.HystrixSurfaces;
import io.holisticos.app.admin.prometheus.Prometheus;
import io.holisticos.app.canary.Canary;
import io.holisticos.app.docs.ApiDocs;
import io.holisticos.app.flags.Flags;
import io.holisticos.app.limits.LimitedPorts;
import io.holisticos.app.probes.Drain;
import io.holisticos.app.probes.Probes;
import io.holisticos.app.probes.Traffic;
import io.holisticos.app.probes.WarmUp;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.cache.redis.RedisLevel;
import io.holisticos.command.Commands;
import io.holisticos.health.SourceName;
import io.holisticos.jobs.Jobs;
import io.holisticos.outbound.OutboundClient;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.LastUses;
import io.holisticos.web.SessionResource;
import io.holisticos.web.SessionStore;
import io.holisticos.web.Sessions;
import io.holisticos.web.TokenKeys;
import io.holisticos.web.jwt.JwtConfiguration;
import io.holisticos.web.jwt.JwtModule;
import io.holisticos.web.jwt.MemberTokens;
import jakarta.validation.ValidatorFactory;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.eclipse.jetty.server.Server;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The service: {@code server config.yml}, and the commands of its operators. */
public final class HealthApplication extends Application<HealthConfiguration> {

    /** The first JDK with virtual threads; on an older one, asking for them would end the start. */
    private static final int FIRST_JDK_WITH_VIRTUAL_THREADS = 21;

    private final Clock clock;
    private final Variables variables;
    private final Function<String, Jobs.Maker> jobs;
    private final Extension more;
    private final List<Sources.Entry> further;
    private volatile @Nullable Server server;
    private volatile @Nullable ValidatorFactory validators;

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
        this(clock, variables, Extension.NONE);
    }

    /**
     * Creates the service with another way to run WHOOP's jobs; everything else is as in production.
     *
     * @param jobs {@link Jobs#of} a replica in production, where jobs have threads of their own
     */
    public HealthApplication(Clock clock, Function<String, @Nullable String> variables, Jobs.Maker jobs) {
        this(clock, variables, replica -> jobs, Extension.NONE, List.of());
    }

    /** Creates the service with more than it has; everything else is as in production. */
    public HealthApplication(Clock clock, Function<String, @Nullable String> variables, Extension more) {
        this(clock, variables, more, List.of());
    }

    /**
     * The same with more sources.
     *
     * @param further sources beside those of the product, after them in their order
     */
    HealthApplication(
            Clock clock, Function<String, @Nullable String> variables, Extension more, List<Sources.Entry> further) {
        this(clock, variables, Jobs::of, more, further);
    }

    private HealthApplication(
            Clock clock,
            Function<String, @Nullable String> variables,
            Function<String, Jobs.Maker> jobs,
            Extension more,
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

    /** A script can tell a wrong command line from what the command found. */
    @Override
    protected void onFatalError(Throwable end) {
        System.exit(OperatorMessage.exitStatus(end));
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
        validators = bootstrap.getValidatorFactory();
        bootstrap.setConfigurationSourceProvider(
                new SubstitutingSourceProvider(bootstrap.getConfigurationSourceProvider(), variables.substitutor()));
        bootstrap.setConfigurationFactoryFactory((type, validator, mapper, prefix) ->
                new YamlConfigurationFactory<>(type, validator, JsonSettings.ofConfiguration(mapper), prefix));
        JsonSettings.applyTo(bootstrap.getObjectMapper());
        bootstrap.addCommand(new MigrationCommand("sahha-db", Migrations.SAHHA_CHANGELOG, all -> all.sahhaDatabase));
        bootstrap.addCommand(
                new MigrationCommand("sahha-cut-over", Migrations.SAHHA_CUT_OVER, all -> all.sahhaDatabase));
        bootstrap.addCommand(new MigrationCommand("whoop-db", Migrations.WHOOP_CHANGELOG, all -> all.whoopDatabase));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<HealthConfiguration> bootstrap) {
        bootstrap.addCommand(new ServerCommand<>(this));
        bootstrap.addCommand(new Check(this, this::requireKnownSources, clock, Clock.systemUTC()));
        bootstrap.addCommand(new SyncStatusCommand(clock, this::agreedOn));
        bootstrap.addCommand(new MembersCommand(clock));
        bootstrap.addCommand(new QuotaCommand(clock, this::agreedOn));
        bootstrap.addCommand(new WhoopCheckCommand(clock));
        bootstrap.addCommand(new RebuildWhoop(clock));
        bootstrap.addCommand(new ReactivateConnections(clock));
        bootstrap.addCommand(new ApiKeyCommand(clock));
        bootstrap.addCommand(new AccessReport());
    }

    @Override
    public void run(HealthConfiguration configuration, Environment environment) {
        requireKnownSources(configuration);
        Replica replica = Replica.named(configuration.replica);
        replica.signLog();
        LibraryLogLevels.install();
        environment.lifecycle().manage(LogThrottle.install());
        ServerDefaults.applyTo(configuration.getServerFactory(), hasVirtualThreads());
        environment.lifecycle().addServerLifecycleListener(started -> server = started);

        Database.tellConnections(configuration.connections());
        Database sahhaDatabase = Database.open(environment, configuration.sahhaDatabase, "sahha-db", clock);
        Map<String, DataSource> changelogs = new LinkedHashMap<>();
        changelogs.put(Migrations.SAHHA_CHANGELOG, sahhaDatabase.readers().source());
        Flags flags = new Flags(sahhaDatabase.readers().source(), sahhaDatabase.notices());
        ApiKeyStore keyStore = new ApiKeyStore(sahhaDatabase.readers().jdbi());
        ApiKeys keys = new ApiKeys(keyStore, clock);
        configuration.access.leased().ifPresent(keys::leasing);
        keys.listenTo(sahhaDatabase.notices());
        SecurityEvents security = new SecurityEvents(environment.metrics());
        Commands commands = new Commands(configuration.commands, environment.metrics(), clock, System::nanoTime);
        Optional<MemberTokens> members = members(configuration.access.jwt, environment, commands);
        TokenKeys tokenKeys = members.isPresent() ? members.get() : TokenKeys.NONE;
        Sessions.Idle idle = Sessions.Idle.after(
                configuration.access.sessionIdle.toJavaDuration(),
                new SessionStore(sahhaDatabase.workers().jdbi()),
                clock);
        environment.lifecycle().manage(idle.uses());
        Sessions sessions = new Sessions(
                new SessionStore(sahhaDatabase.readers().jdbi()),
                idle,
                new Sessions.Ground(
                        keys, tokenKeys, URI.create(configuration.publicUrl), security, new SecureRandom(), clock));
        sessions.listenTo(sahhaDatabase.notices());

        AccessRules rules =
                new AccessRules(keys, token -> members.flatMap(all -> all.authenticate(token)), sessions::callerOf);
        Optional<Ground.WhoopDatabase> whoopDatabase = Optional.empty();
        if (configuration.whoop.isConfigured()) {
            Database database = Database.open(environment, configuration.whoopDatabase, "whoop-db", clock);
            changelogs.put(Migrations.WHOOP_CHANGELOG, database.readers().source());
            whoopDatabase = Optional.of(new Ground.WhoopDatabase(database, agreedClock(environment, database)));
        }
        Ground ground = new Ground(
                new Ground.Databases(sahhaDatabase, whoopDatabase),
                new Ground.Outside(
                        (to, name) -> OutboundClient.build(environment, to, name),
                        jobs.apply(replica.name()),
                        (vault, sources) ->
                                new SharedAnswers(configuration, environment, clock).level(commands, vault, sources)),
                new Ground.Threads(
                        readingThreads(environment),
                        ReadingThreads.ofOverviews(environment, configuration.unified.membersAtOnce)),
                new Ground.Switches(flags, commands),
                clock);
        Product product = new Product(configuration, environment, ground, further);
        Sources sources = product.sources();
        product.serve(environment, rules, security);
        JerseyEnvironment jersey = environment.jersey();
        jersey.register(new SessionResource(sessions));
        MigrationsCheck migrations = new MigrationsCheck(changelogs);
        Probes.register(
                environment,
                new Traffic(
                        WarmUp.in(
                                environment,
                                configuration.warmUp.toJavaDuration(),
                                () -> Rehearsal.open(new Rehearsal.Original(
                                        configuration,
                                        environment,
                                        Objects.requireNonNull(validators),
                                        ground,
                                        hasVirtualThreads()))),
                        Drain.in(environment, configuration.drainTime.toJavaDuration())),
                new Probes.EntryPoint(
                        sahhaDatabase.readers().source(),
                        migrations.of(Migrations.SAHHA_CHANGELOG),
                        product.sahha().vitals()),
                sources.probed(),
                clock);
        ApiDocs.register(jersey.getResourceConfig(), product.pages(), configuration.publicUrl);
        AdminPort.show(environment.getAdminContext(), configuration.diagnostics);
        AdminPort.open(
                environment.admin(),
                environment.getObjectMapper(),
                new AdminPort.Access(
                        rules, sessions, OpenRoutes.isAdminOnLoopback(configuration.getServerFactory()), security),
                flags);
        HystrixSurfaces.open(
                environment,
                commands,
                configuration.hystrix,
                Stream.concat(sources.dispensable().stream(), Stream.of(RedisLevel.NAME))
                        .collect(Collectors.toSet()));
        Prometheus.open(environment, commands, configuration.prometheus, version(), RouteGroup::nameOf);
        Canary.watch(
                environment,
                configuration.canary,
                new Canary.Service(flags, commands, sources.switched()),
                RouteGroup::nameOf);
        environment.healthChecks().register("migrations", migrations);
        migrations.register(environment.metrics());
        LastUses uses = LastUses.of(new ApiKeyStore(sahhaDatabase.workers().jdbi()), clock);
        keys.noteUsesIn(uses);
        environment.lifecycle().manage(uses);
        environment.lifecycle().manage(new ServiceKeyLease(keyStore, configuration.access, clock));
        OpenRoutes.tell(configuration.access, configuration.getServerFactory());
        if (configuration.isForProduction()) {
            SettingWarnings.tell(configuration);
            changelogs.forEach((changelog, pool) ->
                    environment.lifecycle().manage(new RoleWarning(Migrations.commandOf(changelog), pool)));
        }
        LimitedPorts.register(
                environment, configuration.limits, security, request -> isOpen(request, configuration.access));
        more.addTo(environment, product.pages());
    }

    /** As the jar says; "unpackaged" where the classes are run without one. */
    private static String version() {
        return Objects.requireNonNullElse(
                HealthApplication.class.getPackage().getImplementationVersion(), "unpackaged");
    }

    /** Whether this request on an existing path needs no credential. */
    private static boolean isOpen(UriInfo request, AccessConfiguration access) {
        return ExistingRoutes.groupOf(request)
                        .filter(group -> access.modes().get(group) != Mode.ENFORCE)
                        .isPresent()
                && !request.getQueryParameters().containsKey("include_whoop");
    }

    /** Whose token a text is; nobody's without an issuer. */
    private Optional<MemberTokens> members(JwtConfiguration jwt, Environment environment, Commands commands) {
        if (!jwt.isOn()) {
            return Optional.empty();
        }
        Client client = OutboundClient.build(environment, jwt.outbound(), "jwt-keys");
        return Optional.of(JwtModule.build(jwt, client, commands, environment.lifecycle(), clock));
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

    /** The clock that all replicas of this database agree on, with its health check. */
    private Clock agreedClock(Environment environment, Database database) {
        Clock agreed = agreedOn(database.readers().jdbi());
        if (agreed instanceof DatabaseClock compared) {
            environment.healthChecks().register("clock", compared.healthCheck());
            compared.register(environment.metrics());
        }
        return agreed;
    }

    /**
     * The clock that all replicas of this database agree on. Only the host's own clock is compared with the database; a clock
     * that was given to the service is used as it is.
     */
    private Clock agreedOn(Jdbi database) {
        return clock.equals(Clock.systemUTC())
                ? new DatabaseClock(clock, new DatabaseClockStore(database)::time, System::nanoTime)
                : clock;
    }

    private static Executor readingThreads(Environment environment) {
        return hasVirtualThreads() ? ReadingThreads.virtual(environment) : ReadingThreads.platform(environment);
    }

    private static boolean hasVirtualThreads() {
        return Runtime.version().feature() >= FIRST_JDK_WITH_VIRTUAL_THREADS;
    }

    /** Ends the service as SIGTERM does. Does nothing before it has started. */
    public void stop() throws Exception {
        Server running = server;
        if (running != null) {
            running.stop();
        }
    }
}
