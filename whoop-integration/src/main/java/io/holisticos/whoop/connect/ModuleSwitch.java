package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;

/** Whether WHOOP is switched on for a member. */
@FunctionalInterface
public interface ModuleSwitch {

    boolean isOn(UserId who);

    /** Whether this member may connect. Connections that exist do not depend on it. */
    default boolean letsConnect(UserId who) {
        return isOn(who);
    }
}
