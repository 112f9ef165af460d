package io.holisticos.whoop.api;

import io.holisticos.health.HealthError.BadSourceReply;

/** What stands before WHOOP's API answered instead of it: a 403, or a page for people. It passes, whenever that may be. */
public final class NotNow extends BadSourceReply {

    private static final long serialVersionUID = 1;

    NotNow(String what) {
        super(WhoopApi.WHOOP, what);
    }
}
