package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.servlets.tasks.Task;
import io.holisticos.health.HealthError.InvalidRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A task that answers with JSON. Its status tells a script whether it did anything: 400 for invalid parameters, 404 for
 * something that does not exist, 503 while the database does not answer. Each of these has {@code error} in the body.
 */
public abstract class OperatorTask extends Task {

    private final ObjectMapper json;
    private final String whileAway;

    /** @param whileAway tells the operator what to do while the database does not answer */
    protected OperatorTask(String name, ObjectMapper json, String whileAway) {
        super(name, "application/json");
        this.json = json;
        this.whileAway = whileAway;
    }

    /** The thing that the parameters name does not exist. */
    static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotThere(String message) {
            super(message);
        }
    }

    /**
     * @throws InvalidRequest when the parameters are invalid
     * @throws NotThere when the thing that they name does not exist
     */
    protected abstract Object answer(Map<String, List<String>> parameters);

    @Override
    public final void execute(Map<String, List<String>> parameters, PrintWriter output) throws IOException {
        Object answer;
        try {
            answer = answer(parameters);
        } catch (InvalidRequest e) {
            answer = refused(output, 400, String.valueOf(e.getMessage()));
        } catch (NotThere e) {
            answer = refused(output, 404, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            if (!DatabaseAway.causes(e)) {
                throw e; // Dropwizard would answer 500
            }
            answer = refused(output, 503, whileAway);
        }
        output.println(json.writeValueAsString(answer));
    }

    /** @throws InvalidRequest when there are parameters that this task does not know */
    protected static void refuseOthersThan(Set<String> known, Map<String, List<String>> parameters) {
        Set<String> unknown = new TreeSet<>(parameters.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new InvalidRequest("unknown parameters " + unknown + ", known are " + new TreeSet<>(known));
        }
    }

    /** @throws InvalidRequest when the parameter was given more than once */
    protected static @Nullable String one(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new InvalidRequest(name + " was given " + values.size() + " times");
        }
        return values.isEmpty() ? null : values.get(0);
    }

    private static Map<String, String> refused(PrintWriter output, int status, String error) {
        ((TaskAnswers.Output) output).setStatus(status);
        return Map.of("error", error);
    }
}
