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
 * A task whose answer is JSON, and whose status tells a script whether it did anything: 400 for parameters that make no
 * sense, 404 for what there is not, 503 while the database is away, each with {@code error}.
 */
abstract class OperatorTask extends Task {

    private final ObjectMapper json;
    private final String whileAway;

    /** @param whileAway what to do while the database is away */
    OperatorTask(String name, ObjectMapper json, String whileAway) {
        super(name, "application/json");
        this.json = json;
        this.whileAway = whileAway;
    }

    /** What the parameters name is not there. */
    static final class NotThere extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotThere(String message) {
            super(message);
        }
    }

    /**
     * @throws InvalidRequest when the parameters make no sense
     * @throws NotThere when what they name is not there
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
                throw e; // Dropwizard says 500
            }
            answer = refused(output, 503, whileAway);
        }
        output.println(json.writeValueAsString(answer));
    }

    /** @throws InvalidRequest when there are parameters that nobody reads */
    static void refuseOthersThan(Set<String> known, Map<String, List<String>> parameters) {
        Set<String> unknown = new TreeSet<>(parameters.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new InvalidRequest("unknown parameters " + unknown + ", known are " + new TreeSet<>(known));
        }
    }

    /** @throws InvalidRequest when it was given more than once */
    static @Nullable String one(Map<String, List<String>> parameters, String name) {
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
