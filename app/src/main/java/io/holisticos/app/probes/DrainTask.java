package io.holisticos.app.probes;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.admin.OperatorTask;
import io.holisticos.health.HealthError.InvalidRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code POST /tasks/drain}: readiness says 503 from now on; {@code POST /tasks/drain?undo=true}: no longer. Any other word is
 * refused: whoever mistypes an end would begin another.
 */
final class DrainTask extends OperatorTask {

    private static final String UNDO = "undo";

    private final Drain drain;

    DrainTask(Drain drain, ObjectMapper json) {
        super("drain", json, "");
        this.drain = drain;
    }

    @Override
    protected Object answer(Map<String, List<String>> parameters) {
        refuseOthersThan(Set.of(UNDO), parameters);
        String undo = one(parameters, UNDO);
        if (undo == null || undo.equals("false")) {
            drain.begin("operator");
        } else if (undo.equals("true")) {
            drain.end();
        } else {
            throw new InvalidRequest("undo must be true or false");
        }
        return Map.of("draining", drain.isDraining());
    }
}
