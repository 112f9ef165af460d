package io.holisticos.app;

import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import java.util.function.Consumer;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/** {@code check config.yml} says whether the service would start with this configuration, whatever the log level. */
final class Check extends CheckCommand<HealthConfiguration> {

    private final Consumer<HealthConfiguration> requirement;

    /** @param requirement throws when the start would fail for what the file alone does not say */
    Check(Application<HealthConfiguration> application, Consumer<HealthConfiguration> requirement) {
        super(application);
        this.requirement = requirement;
    }

    @Override
    protected void run(
            Bootstrap<HealthConfiguration> bootstrap,
            Namespace namespace,
            @Nullable HealthConfiguration configuration) {
        if (configuration != null) {
            requirement.accept(configuration);
        }
        System.out.println("the configuration is valid: " + namespace.getString("file"));
    }
}
