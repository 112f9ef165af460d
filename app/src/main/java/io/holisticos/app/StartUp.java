package io.holisticos.app;

import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import java.util.Optional;
import net.sourceforge.argparse4j.inf.Namespace;

/** {@code server}, with one clear line for what an operator can mend. */
final class StartUp extends ServerCommand<HealthConfiguration> {

    StartUp(Application<HealthConfiguration> application) {
        super(application);
    }

    @Override
    public void onError(Cli cli, Namespace namespace, Throwable e) {
        Optional<String> line = OperatorLine.of(e);
        if (line.isPresent()) {
            cli.getStdErr().println(line.get());
        } else {
            super.onError(cli, namespace, e);
        }
    }
}
