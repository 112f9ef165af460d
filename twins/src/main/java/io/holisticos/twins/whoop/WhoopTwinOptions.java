package io.holisticos.twins.whoop;

/**
 * How to start a twin.
 *
 * @param port 0 for any free one
 * @param pumps whether webhooks are sent as time passes; otherwise only {@link WhoopTwin#pump} sends them
 * @param scoring fixed for the life of the twin, because the past must not change
 */
public record WhoopTwinOptions(int port, WhoopApp app, boolean pumps, Knobs knobs, Scoring scoring) {
    /** Any free port, default knobs, no pump: for tests. */
    public static WhoopTwinOptions of(WhoopApp app) {
        return new WhoopTwinOptions(0, app, false, Knobs.defaults(), Scoring.USUAL);
    }

    /** The same on that port. */
    public WhoopTwinOptions withPort(int other) {
        return new WhoopTwinOptions(other, app, pumps, knobs, scoring);
    }

    /** The same with webhooks that are sent as time passes. */
    public WhoopTwinOptions withPump() {
        return new WhoopTwinOptions(port, app, true, knobs, scoring);
    }

    /** The same with other knobs. */
    public WhoopTwinOptions withKnobs(Knobs other) {
        return new WhoopTwinOptions(port, app, pumps, other, scoring);
    }

    /** The same with other rates of scoring. */
    public WhoopTwinOptions withScoring(Scoring other) {
        return new WhoopTwinOptions(port, app, pumps, knobs, other);
    }
}
