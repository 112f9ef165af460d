package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.FlagState;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.HealthError.InvalidRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code POST /tasks/flags} lists the flags; with {@code flag=NAME&enabled=true|false[&percentage=0..100][&users=a,b]} it
 * sets one first.
 */
final class FlagsTask extends OperatorTask {

    private final Flags flags;

    FlagsTask(Flags flags, ObjectMapper json) {
        super(
                "flags",
                json,
                "the entry point's database does not answer: try again; setting a flag twice does no harm");
        this.flags = flags;
    }

    @Override
    protected Object answer(Map<String, List<String>> parameters) {
        Optional<String> name = first(parameters, "flag");
        if (name.isPresent()) {
            Optional<Flag> flag = Flags.named(name.get());
            Optional<String> enabled = first(parameters, "enabled").filter(text -> text.matches("true|false"));
            if (flag.isEmpty() || enabled.isEmpty()) {
                throw new InvalidRequest("flag must be a known name and enabled true or false");
            }
            flags.set(flag.get(), wanted(parameters, enabled.get()));
        }
        return FlagsServlet.states(flags);
    }

    private static FlagState wanted(Map<String, List<String>> parameters, String enabled) {
        List<String> users = first(parameters, "users")
                .map(named -> List.of(named.split(",")))
                .orElse(List.of());
        try {
            int percentage = first(parameters, "percentage")
                    .map(Integer::parseInt)
                    .orElseGet(() -> FlagState.percentageBeside(users));
            return new FlagState(Boolean.parseBoolean(enabled), percentage, users);
        } catch (InvalidRequest | NumberFormatException e) {
            throw new InvalidRequest("percentage must be 0 to 100, users ids parted by commas", e);
        }
    }

    private static Optional<String> first(Map<String, List<String>> parameters, String name) {
        return parameters.getOrDefault(name, List.of()).stream().findFirst();
    }
}
