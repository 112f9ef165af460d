package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.servlets.tasks.Task;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.FlagState;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.HealthError.InvalidRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /tasks/flags} lists the flags; with {@code flag=NAME&enabled=true|false[&percentage=0..100][&users=a,b]} it
 * sets one first.
 */
final class FlagsTask extends Task {

    private final Flags flags;
    private final ObjectMapper json;

    FlagsTask(Flags flags, ObjectMapper json) {
        super("flags", "application/json");
        this.flags = flags;
        this.json = json;
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) throws IOException {
        Optional<String> name = first(parameters, "flag");
        if (name.isPresent()) {
            Optional<Flag> flag = Flags.named(name.get());
            Optional<String> enabled = first(parameters, "enabled").filter(text -> text.matches("true|false"));
            if (flag.isEmpty() || enabled.isEmpty()) {
                output.println("{\"error\":\"flag must be a known name and enabled true or false\"}");
                return;
            }
            try {
                flags.set(flag.get(), wanted(parameters, enabled.get()));
            } catch (InvalidRequest | NumberFormatException e) {
                output.println("{\"error\":\"percentage must be 0 to 100, users ids parted by commas\"}");
                return;
            }
        }
        output.println(json.writeValueAsString(FlagsServlet.states(flags)));
    }

    private static FlagState wanted(Map<String, List<String>> parameters, String enabled) {
        List<String> users = first(parameters, "users")
                .map(named -> List.of(named.split(",")))
                .orElse(List.of());
        int percentage = first(parameters, "percentage")
                .map(Integer::parseInt)
                .orElseGet(() -> FlagState.percentageBeside(users));
        return new FlagState(Boolean.parseBoolean(enabled), percentage, users);
    }

    private static Optional<String> first(Map<String, List<String>> parameters, String name) {
        return parameters.getOrDefault(name, List.of()).stream().findFirst();
    }
}
