package io.holisticos.app.admin;

import ch.qos.logback.classic.Level;
import io.dropwizard.servlets.tasks.GarbageCollectionTask;
import io.dropwizard.servlets.tasks.LogConfigurationTask;
import io.dropwizard.servlets.tasks.Task;
import io.holisticos.health.HealthError.InvalidRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A task of Dropwizard's whose parameters are checked before it begins. By itself it takes a level that there is not for DEBUG, a
 * length of time that cannot be read for a fault of ours, and as many collections of garbage as it is told to.
 */
final class CheckedTask extends Task {

    private static final int MOST_RUNS = 10;
    private static final Duration LONGEST = Duration.ofDays(7);

    private final Task task;
    private final Consumer<Map<String, List<String>>> check;

    /** @param check throws {@link InvalidRequest} */
    private CheckedTask(Task task, Consumer<Map<String, List<String>>> check) {
        super(task.getName());
        this.task = task;
        this.check = check;
    }

    static CheckedTask logLevel() {
        return new CheckedTask(new LogConfigurationTask(), CheckedTask::requireLevelAndDuration);
    }

    static CheckedTask gc() {
        return new CheckedTask(new GarbageCollectionTask(), CheckedTask::requireFewRuns);
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) throws Exception {
        try {
            check.accept(parameters);
        } catch (InvalidRequest wrong) {
            ((TaskAnswers.Output) output).setStatus(HttpServletResponse.SC_BAD_REQUEST);
            output.println(wrong.getMessage());
            return;
        }
        task.execute(parameters, output);
    }

    private static void requireLevelAndDuration(Map<String, List<String>> parameters) {
        if (parameters.getOrDefault("logger", List.of()).isEmpty()) {
            throw new InvalidRequest("logger must be the name of a logger, such as io.holisticos");
        }
        String level = OperatorTask.one(parameters, "level");
        if (level != null && Level.toLevel(level, null) == null) {
            throw new InvalidRequest(
                    "level must be OFF, ERROR, WARN, INFO, DEBUG, TRACE or ALL; none for that of the parent");
        }
        String duration = OperatorTask.one(parameters, "duration");
        if (duration != null && !isShort(duration)) {
            throw new InvalidRequest("duration must be like PT30S, PT10M or PT2H, seven days at most");
        }
    }

    private static boolean isShort(String text) {
        try {
            Duration length = Duration.parse(text);
            return !length.isNegative() && !length.isZero() && length.compareTo(LONGEST) <= 0;
        } catch (DateTimeException unreadable) {
            return false;
        }
    }

    private static void requireFewRuns(Map<String, List<String>> parameters) {
        String runs = OperatorTask.one(parameters, "runs");
        if (runs != null && !runs.matches("[1-9]|" + MOST_RUNS)) {
            throw new InvalidRequest("runs must be a whole number from 1 to " + MOST_RUNS);
        }
    }
}
