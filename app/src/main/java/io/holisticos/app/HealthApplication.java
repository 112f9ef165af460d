package io.holisticos.app;

import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.client.JerseyClientBuilder;
import io.dropwizard.configuration.ResourceConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.jdbi3.JdbiFactory;
import io.dropwizard.migrations.MigrationsBundle;
import io.dropwizard.views.common.ViewBundle;
import io.holisticos.app.admin.AdminPort;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.HealthSource;
import io.holisticos.outbound.OutboundConfiguration;
import io.holisticos.sahha.SahhaModule;
import io.holisticos.unified.UnifiedModule;
import io.holisticos.vault.Vault;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.WebModule;
import io.holisticos.whoop.WhoopModule;
import jakarta.ws.rs.client.Client;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.apache.commons.text.StringSubstitutor;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The service: {@code server config.yml}, and the migrations of its two databases. */
public final class HealthApplication extends Application<HealthConfiguration> {

    /** Virtual threads exist from here on; asking an older runtime for them ends the start. */
    private static final int FIRST_JDK_WITH_VIRTUAL_THREADS = 21;

    private final Clock clock;
    private final Function<String, @Nullable String> variables;

    public HealthApplication() {
        this(Clock.systemUTC(), System::getenv);
    }

    /**
     * @param clock the time of everything but timeouts
     * @param variables what {@code config.yml} calls the environment
     */
    public HealthApplication(Clock clock, Function<String, @Nullable String> variables) {
        this.clock = clock;
        this.variables = variables;
    }

    public static void main(String[] args) throws Exception {
        new HealthApplication().run(args);
    }

    @Override
    public String getName() {
        return "app.jar";
    }

    @Override
    public void initialize(Bootstrap<HealthConfiguration> bootstrap) {
        bootstrap.setConfigurationSourceProvider(new SubstitutingSourceProvider(
                bootstrap.getConfigurationSourceProvider(), new StringSubstitutor(this::variable)));
        JsonForm.applyTo(bootstrap.getObjectMapper());
        bootstrap.addBundle(new ViewBundle<>());
        bootstrap.addBundle(migrations("sahha-db", Migrations.SAHHA_CHANGELOG, configuration -> configuration.sahhaDatabase));
        bootstrap.addBundle(migrations("whoop-db", Migrations.WHOOP_CHANGELOG, configuration -> configuration.whoopDatabase));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<HealthConfiguration> bootstrap) {
        bootstrap.addCommand(new StartUp(this));
        bootstrap.addCommand(new CheckCommand<>(this));
    }

    @Override
    public void run(HealthConfiguration configuration, Environment environment) {
        useVirtualThreadsWhereThereAreAny(configuration);
        ManagedDataSource sahhaDatabase = configuration.sahhaDatabase.build(environment.metrics(), "sahha-db");
        Jdbi sahhaJdbi = new JdbiFactory().build(environment, configuration.sahhaDatabase, sahhaDatabase, "sahha-db");
        Flags flags = new Flags(sahhaDatabase);
        AccessRules rules = new AccessRules();
        ApiKeyStore keyStore = new ApiKeyStore(sahhaJdbi);
        ApiKeys keys = new ApiKeys(keyStore);

        SahhaModule sahha = sahha(configuration, environment, sahhaJdbi);
        Optional<WhoopModule> whoop = configuration.whoop.isConfigured()
                ? Optional.of(whoop(configuration, environment, flags))
                : Optional.empty();
        Sources sources = whoop.map(module -> Sources.withWhoop(sahha.source(), module.source(), flags))
                .orElseGet(() -> Sources.withoutWhoop(sahha.source()));

        WebModule.register(environment.jersey(), keys, rules);
        environment.jersey().register(new ExistingCallers(configuration.access, keys, rules, environment.metrics()));
        sahha.register(environment.jersey(), sources.whoop(), rules);
        new UnifiedModule(sources.inOrder(), sources.precedence(), configuration.unified, clock)
                .register(environment.jersey(), Sources.WHOOP);
        whoop.ifPresent(module -> module.register(environment.jersey()));
        OpenApiResource.register(environment.jersey(), configuration.publicUrl);

        AdminPort.open(environment.admin(), environment.getObjectMapper(), keys, flags);
    }
}
