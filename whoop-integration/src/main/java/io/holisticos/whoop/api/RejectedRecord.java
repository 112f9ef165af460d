package io.holisticos.whoop.api;

import io.holisticos.health.HealthError.BadSourceReply;

/** The one record that was asked for is there and breaks a documented rule: asking once more would bring the same. */
public final class RejectedRecord extends BadSourceReply {

    RejectedRecord(Rejected rejected) {
        super(WhoopApi.WHOOP, rejected.id() + ", " + rejected.reason());
    }
}
