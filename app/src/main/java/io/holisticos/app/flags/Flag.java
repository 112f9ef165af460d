package io.holisticos.app.flags;

import org.togglz.core.Feature;
import org.togglz.core.annotation.EnabledByDefault;
import org.togglz.core.annotation.Label;

/** What an operator can switch while the service runs. As it is by default until somebody says otherwise. */
public enum Flag implements Feature {
    /** The kill switch: reads say {@code disabled}, connect and internal routes answer 503, jobs pause without loss. */
    @EnabledByDefault
    @Label("All of WHOOP")
    WHOOP_INTEGRATION,

    /** Off: jobs that call WHOOP pause without loss; what is held is still read. */
    @EnabledByDefault
    @Label("Synchronization with WHOOP")
    WHOOP_SYNC,

    /** Off: nobody new connects; existing connections go on. */
    @EnabledByDefault
    @Label("New WHOOP connections")
    WHOOP_CONNECT,

    /** On: the sources of a unified answer are read at the same time. Off, as by default: one after another. */
    @Label("Reading the sources at the same time")
    PARALLEL_READ
}
