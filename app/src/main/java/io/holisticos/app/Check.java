package io.holisticos.app;

import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/** {@code check config.yml} says whether the service would start with this configuration, whatever the log level. */
final class Check extends CheckCommand<HealthConfiguration> {

    private final HealthApplication application;

    Check(HealthApplication application) {
        super(application);
        this.application = application;
    }

    @Override
    protected void run(
            Bootstrap<HealthConfiguration> bootstrap,
            Namespace namespace,
            @Nullable HealthConfiguration configuration) {
        if (configuration != null) {
            application.requireKnownSources(configuration);
        }
        System.out.println("the configuration is valid: " + namespace.getString("file"));
    }
}
