package io.holisticos.twins.world;

/** Where what Sahha has of a person's nights comes from. */
public enum SahhaFeed {
    /** The phone, and for some people a wearable that knows nothing of WHOOP. */
    OWN_DEVICES,
    /** A tracker of its own, worn beside the strap every night. */
    TRACKER,
    /** WHOOP, through the phone's health store, which gets no RMSSD from it. */
    HEALTH_STORE,
    /** WHOOP, through Sahha's own WHOOP integration: WHOOP's times to the millisecond, and its RMSSD. */
    WHOOP_INTEGRATION;

    /** Whether WHOOP measured the nights. */
    public boolean isWhoop() {
        return this == HEALTH_STORE || this == WHOOP_INTEGRATION;
    }
}
