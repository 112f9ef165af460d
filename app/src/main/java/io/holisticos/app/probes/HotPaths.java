package io.holisticos.app.probes;

import io.holisticos.vitals.HotPath;
import java.util.List;

/** The hot paths of the service, and what they need while they are run. */
public interface HotPaths extends AutoCloseable {

    List<HotPath> all();

    /** Opens them when the warm-up begins. */
    @FunctionalInterface
    interface Opening {
        HotPaths open() throws Exception;
    }
}
