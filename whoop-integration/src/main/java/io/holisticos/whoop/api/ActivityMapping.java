package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.UUID;

/** The v2 id that an id of the old API became. */
record ActivityMapping(@JsonProperty("v2_activity_id") UUID v2ActivityId) {

    ActivityMapping {
        Rules.required(v2ActivityId, "v2_activity_id");
    }
}
