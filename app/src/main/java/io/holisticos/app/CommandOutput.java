package io.holisticos.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.logging.common.ConsoleAppenderFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** What a command prints: lines for people, or with {@code --json} one document for scripts. */
final class CommandOutput {

    /** How commands end, for the help of each. */
    static final String ENDS =
            " With 1 when it could not run, and one line on what to mend; with 2 when the command line"
                    + " itself is wrong.";

    private static final String JSON = "json";

    private final ObjectMapper mapper;
    private final boolean asJson;

    private CommandOutput(ObjectMapper mapper, boolean asJson) {
        this.mapper = mapper;
        this.asJson = asJson;
    }

    static void addOption(Subparser subparser) {
        subparser
                .addArgument("--json")
                .dest(JSON)
                .action(Arguments.storeTrue())
                .help("print one JSON document instead of lines");
    }

    /** Whether the document is wanted; not for an action without the option. */
    static boolean isJson(Namespace namespace) {
        return Boolean.TRUE.equals(namespace.getBoolean(JSON));
    }

    /** Nothing but the answer is on the output: log lines go where errors go. */
    static CommandOutput of(
            Bootstrap<HealthConfiguration> bootstrap, Namespace namespace, HealthConfiguration all, String command) {
        if (all.getLoggingFactory() instanceof DefaultLoggingFactory logging) {
            logging.getAppenders().stream()
                    .filter(ConsoleAppenderFactory.class::isInstance)
                    .forEach(console -> ((ConsoleAppenderFactory<?>) console)
                            .setTarget(ConsoleAppenderFactory.ConsoleStream.STDERR));
            logging.configure(bootstrap.getMetricRegistry(), command);
        }
        LibraryLogLevels.installForCommands();
        return new CommandOutput(bootstrap.getObjectMapper(), isJson(namespace));
    }

    void print(Object document, List<String> lines) throws JsonProcessingException {
        if (asJson) {
            System.out.println(mapper.writeValueAsString(document));
        } else {
            lines.forEach(System.out::println);
        }
    }

    /** The same, with lines that are made of the document as scripts see it. */
    void print(Object document, Function<JsonNode, List<String>> lines) throws JsonProcessingException {
        print(document, lines.apply(mapper.valueToTree(document)));
    }

    /** Where lines go that say how far a command is: with {@code --json} the output is for the document alone. */
    PrintStream progress() {
        return asJson ? System.err : System.out;
    }

    /** Prints the document of a command whose lines were printed on the way. */
    void printDocument(Object document) throws JsonProcessingException {
        print(document, List.of());
    }
}
