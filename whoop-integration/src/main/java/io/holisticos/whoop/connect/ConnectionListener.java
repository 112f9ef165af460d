package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;

/** Is told when members come and go, after it was saved. Must be quick and put longer work on a list. */
public interface ConnectionListener {

    /** The member gave consent, for the first time or again. */
    void connected(UserId who, long whoopUserId);

    /** The member ended the connection. */
    void disconnected(UserId who);

    /** As {@link #disconnected}: and what was read by it was never the member's. */
    void disowned(UserId who);
}
