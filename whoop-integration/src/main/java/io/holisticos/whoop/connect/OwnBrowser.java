package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import org.jspecify.annotations.Nullable;

/** Whether the browser in which a button is pressed is the member's own. */
@FunctionalInterface
interface OwnBrowser {

    /** Nobody needs to be signed in: whoever has the link is taken for its member. */
    OwnBrowser NOT_ASKED = who -> null;

    /** Why this member's WHOOP is not connected in this browser; null when it may be. */
    @Nullable
    Refusal refusalOf(UserId who);
}
