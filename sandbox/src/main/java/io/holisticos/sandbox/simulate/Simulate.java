package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.CommandLine;
import io.holisticos.sandbox.SandboxFailure;
import io.holisticos.sandbox.TunedJvm;
import java.util.Arrays;
import java.util.List;
import net.sourceforge.argparse4j.inf.ArgumentParserException;

/** The command {@code simulate}. */
public final class Simulate {

    private static final int SOME_DIFFERENCES = 1;
    private static final int FAILED = 2;

    private Simulate() {}

    /**
     * Runs the simulation and returns the exit status.
     *
     * @param args of the program: the first is the command
     */
    public static int main(String[] args) {
        Scenario scenario;
        try {
            scenario = Scenario.parse(Arrays.copyOfRange(args, 1, args.length));
        } catch (ArgumentParserException e) {
            return CommandLine.explain(e);
        }
        if (!TunedJvm.isHere()) {
            return TunedJvm.BROAD_WORK.run(List.of(args));
        }
        TunedJvm.endWithParent();
        try (Town town = Town.start(scenario)) {
            Thread end = new Thread(town::close, "simulation-stop");
            Runtime.getRuntime().addShutdownHook(end);
            return run(scenario, town);
        } catch (SandboxFailure e) {
            System.err.println(e.getMessage());
            return FAILED;
        } catch (Exception e) { // the last line of defence: nobody else is there to tell the person
            e.printStackTrace();
            return FAILED;
        }
    }

    private static int run(Scenario scenario, Town town) {
        try {
            Outcome outcome = new Simulation(scenario, town, System.out).run();
            outcome.print(System.out);
            return outcome.differences().isEmpty() ? 0 : SOME_DIFFERENCES;
        } catch (RuntimeException e) {
            if (town.isClosed()) { // Ctrl-C took the ground away
                return FAILED;
            }
            throw e;
        }
    }
}
