package io.holisticos.app;

import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/** {@code check config.yml} says whether the service would start with this configuration, whatever the log level. */
final class Check extends CheckCommand<HealthConfiguration> {

    Check(Application<HealthConfiguration> application) {
        super(application);
    }

    @Override
    protected void run(
            Bootstrap<HealthConfiguration> bootstrap,
            Namespace namespace,
            @Nullable HealthConfiguration configuration) {
        System.out.println("the configuration is valid: " + namespace.getString("file"));
    }
}
