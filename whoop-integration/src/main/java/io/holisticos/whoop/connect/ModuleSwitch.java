package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;

/** Whether WHOOP is switched on for a member. */
@FunctionalInterface
public interface ModuleSwitch {

    boolean isOn(UserId who);

    /** Whether this member may connect; what is connected already goes on without. */
    default boolean letsConnect(UserId who) {
        return isOn(who);
    }
}
