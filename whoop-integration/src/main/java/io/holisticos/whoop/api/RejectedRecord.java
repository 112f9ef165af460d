package io.holisticos.whoop.api;

import io.holisticos.health.HealthError.BadSourceReply;

/** The record that was fetched exists and breaks a documented rule. Fetching it again would bring the same. */
public final class RejectedRecord extends BadSourceReply {

    RejectedRecord(Rejected rejected) {
        super(WhoopApi.WHOOP, rejected.id() + ", " + rejected.reason());
    }
}
