package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.FlagChange;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.HealthError.InvalidRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /tasks/flags} lists the flags. With {@code
 * flag=NAME[&enabled=true|false][&percentage=0..100][&users=a,b]} it changes one first. Parameters that are left out
 * keep their values.
 */
final class FlagsTask extends OperatorTask {

    private static final Set<String> PARAMETERS = Set.of("flag", "enabled", "percentage", "users");

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
        refuseOthersThan(PARAMETERS, parameters);
        String name = one(parameters, "flag");
        FlagChange wanted = new FlagChange(
                enabled(one(parameters, "enabled")),
                percentage(one(parameters, "percentage")),
                users(one(parameters, "users")));
        if (name != null) {
            Flag flag = Flags.named(name).orElseThrow(() -> new NotThere(FlagsServlet.noSuch(name)));
            if (wanted.isEmpty()) {
                throw new InvalidRequest("one of enabled, percentage and users must be given beside flag");
            }
            flags.change(flag, wanted);
        } else if (!wanted.isEmpty()) {
            throw new InvalidRequest("flag must be the name of a flag");
        }
        return FlagsServlet.states(flags);
    }

    private static @Nullable Boolean enabled(@Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!text.equals("true") && !text.equals("false")) {
            throw new InvalidRequest("enabled must be true or false");
        }
        return Boolean.valueOf(text);
    }

    private static @Nullable Integer percentage(@Nullable String text) {
        try {
            return text == null ? null : Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new InvalidRequest("percentage must be a whole number from 0 to 100", e);
        }
    }

    private static @Nullable List<String> users(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }
}
