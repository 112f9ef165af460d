package io.holisticos.twins.world;

import java.time.Instant;

/**
 * Which services a person uses, and since when.
 *
 * @param since nothing was recorded before; the first four days calibrate
 * @param sahhaSleepIsEchoOfWhoop what Sahha knows about sleep came from WHOOP through the phone's health store
 * @param oldStrap a strap without SpO2 and skin temperature
 * @param bodyMeasured WHOOP knows height and weight
 */
public record Membership(
        Instant since,
        boolean hasWhoopAccount,
        boolean hasSahhaProfile,
        boolean sahhaSleepIsEchoOfWhoop,
        boolean oldStrap,
        boolean bodyMeasured) {}
