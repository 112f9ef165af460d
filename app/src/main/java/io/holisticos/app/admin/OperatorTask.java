package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.servlets.tasks.Task;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.SourceUnavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * A task whose answer is JSON, and whose status tells a script whether it did anything: 400 for parameters that make no
 * sense, 503 while the database is away, both with {@code error}.
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

    /** @throws InvalidRequest when the parameters make no sense */
    protected abstract Object answer(Map<String, List<String>> parameters);

    @Override
    public final void execute(Map<String, List<String>> parameters, PrintWriter output) throws IOException {
        Object answer;
        try {
            answer = answer(parameters);
        } catch (InvalidRequest e) {
            answer = refused(output, 400, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            if (!isOfTheDatabase(e)) {
                throw e; // Dropwizard says 500
            }
            answer = refused(output, 503, whileAway);
        }
        output.println(json.writeValueAsString(answer));
    }

    private static Map<String, String> refused(PrintWriter output, int status, String error) {
        ((TaskAnswers.Output) output).setStatus(status);
        return Map.of("error", error);
    }

    private static boolean isOfTheDatabase(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SourceUnavailable || cause instanceof SQLException) {
                return true;
            }
        }
        return false;
    }
}
