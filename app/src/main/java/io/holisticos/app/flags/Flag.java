package io.holisticos.app.flags;

import org.togglz.core.Feature;
import org.togglz.core.annotation.EnabledByDefault;
import org.togglz.core.annotation.Label;

/** The switches that an operator can set while the service runs. Each has its default until an operator sets it. */
public enum Flag implements Feature {
    /** The kill switch: reads say {@code disabled}, connect and internal routes answer 503, jobs pause without loss. */
    @EnabledByDefault
    @Label("All of WHOOP")
    WHOOP_INTEGRATION,

    /** Off: jobs that call WHOOP pause without loss; stored data are still read. */
    @EnabledByDefault
    @Label("Synchronization with WHOOP")
    WHOOP_SYNC,

    /** Off: no new member can connect; existing connections keep working. */
    @EnabledByDefault
    @Label("New WHOOP connections")
    WHOOP_CONNECT,

    /** On: the sources of a unified answer are read at the same time. Off (the default): one after another. */
    @Label("Reading the sources at the same time")
    PARALLEL_READ
}
