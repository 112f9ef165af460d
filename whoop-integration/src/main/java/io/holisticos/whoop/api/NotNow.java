package io.holisticos.whoop.api;

import io.holisticos.health.HealthError.BadSourceReply;

/** A 403 or an HTML page: something in front of WHOOP's API answered. It passes, but nobody knows when. */
public final class NotNow extends BadSourceReply {

    private static final long serialVersionUID = 1;

    NotNow(String what) {
        super(WhoopApi.WHOOP, what);
    }
}
