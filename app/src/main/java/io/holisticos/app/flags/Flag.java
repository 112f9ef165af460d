package io.holisticos.app.flags;

import org.togglz.core.Feature;
import org.togglz.core.annotation.EnabledByDefault;
import org.togglz.core.annotation.Label;

/** The flags that an operator can switch while the service runs. The default holds until a flag is set. */
public enum Flag implements Feature {
    /**
     * The kill switch. Off: reads say {@code disabled}, connect and internal routes answer 503, and jobs pause without
     * loss.
     */
    @EnabledByDefault
    @Label("All of WHOOP")
    WHOOP_INTEGRATION,

    /** Off: jobs that call WHOOP pause without loss. Stored data are still read. */
    @EnabledByDefault
    @Label("Synchronization with WHOOP")
    WHOOP_SYNC,

    /** Off: no member can connect. Existing connections stay. */
    @EnabledByDefault
    @Label("New WHOOP connections")
    WHOOP_CONNECT,

    /** On: the sources of a unified answer are read at the same time. Off (the default): one after another. */
    @Label("Reading the sources at the same time")
    PARALLEL_READ
}
