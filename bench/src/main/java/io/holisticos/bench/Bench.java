package io.holisticos.bench;

import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.bench.process.BenchFailure;
import io.holisticos.bench.process.Processes;
import net.sourceforge.argparse4j.helper.HelpScreenException;
import net.sourceforge.argparse4j.inf.ArgumentParserException;

/** The main class. */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) {
        BenchOptions options;
        try {
            options = BenchOptions.parse(args);
        } catch (HelpScreenException e) {
            return; // the parser printed it
        } catch (ArgumentParserException e) {
            System.err.println(e.getMessage() + "; --help lists the options");
            System.exit(2);
            return;
        }
        BootstrapLogging.bootstrap(ch.qos.logback.classic.Level.WARN);
        int status = 0;
        try (Processes processes = Processes.endingWithThisOne()) {
            Workbench bench = new Workbench(options, args, processes);
            options.command().run(bench);
            bench.finish();
        } catch (BenchFailure e) {
            System.err.println(e.getMessage());
            status = 1;
        }
        System.exit(status);
    }
}
