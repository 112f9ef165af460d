package io.holisticos.app.probes;

import io.dropwizard.servlets.tasks.Task;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** {@code POST /tasks/drain}: readiness says 503 from now on; {@code POST /tasks/drain?undo=true}: no longer. */
final class DrainTask extends Task {

    private final Drain drain;

    DrainTask(Drain drain) {
        super("drain", "application/json");
        this.drain = drain;
    }

    @Override
    public void execute(Map<String, List<String>> parameters, PrintWriter output) {
        if (parameters.getOrDefault("undo", List.of()).contains("true")) {
            drain.end();
        } else {
            drain.begin("operator");
        }
        output.println("{\"draining\":" + drain.isDraining() + "}");
    }
}
