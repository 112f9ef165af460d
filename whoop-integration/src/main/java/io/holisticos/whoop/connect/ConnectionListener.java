package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;

/** Hears when members connect and disconnect, after that was saved. Must be quick, and list longer work as a job. */
public interface ConnectionListener {

    /** The member connected, for the first time or again. */
    void connected(UserId who, long whoopUserId);

    /** The member ended the connection. */
    void disconnected(UserId who);

    /** As {@link #disconnected}; and the records that were read by the connection never were the member's. */
    void disowned(UserId who);
}
