package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.environment.CommandLine;
import io.holisticos.sandbox.environment.SandboxFailure;
import io.holisticos.sandbox.environment.TunedJvm;
import java.util.Arrays;
import java.util.List;
import net.sourceforge.argparse4j.inf.ArgumentParserException;

/** The command {@code simulate}; also the main class of its own, tuned JVM. */
public final class SimulateCommand {

    private static final int SOME_DIFFERENCES = 1;
    private static final int FAILED = 2;

    private SimulateCommand() {}

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /**
     * Runs the simulation and returns the exit status.
     *
     * @param args the program's arguments, of which the first is the command
     */
    public static int run(String[] args) {
        Scenario scenario;
        try {
            scenario = Scenario.parse(Arrays.copyOfRange(args, 1, args.length));
        } catch (ArgumentParserException e) {
            return CommandLine.explain(e);
        }
        if (!TunedJvm.isHere()) {
            return TunedJvm.BROAD_WORK.run(SimulateCommand.class, List.of(args));
        }
        TunedJvm.endWithParent();
        try (SimulatedDeployment deployment = SimulatedDeployment.start(scenario)) {
            Thread end = new Thread(deployment::close, "simulation-stop");
            Runtime.getRuntime().addShutdownHook(end);
            return run(scenario, deployment);
        } catch (SandboxFailure e) {
            System.err.println(e.getMessage());
            return FAILED;
        } catch (Exception e) { // there is no caller that could report it
            e.printStackTrace();
            return FAILED;
        }
    }

    private static int run(Scenario scenario, SimulatedDeployment deployment) {
        try {
            SimulationReport report = new Simulation(scenario, deployment, System.out).run();
            report.print(System.out);
            return report.differences().isEmpty() ? 0 : SOME_DIFFERENCES;
        } catch (RuntimeException e) {
            if (deployment.isClosed()) { // Ctrl-C stopped what the run needs
                return FAILED;
            }
            throw e;
        }
    }
}
