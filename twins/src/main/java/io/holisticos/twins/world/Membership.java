package io.holisticos.twins.world;

import java.time.Instant;

/**
 * Which services a person uses, and since when.
 *
 * @param since when recording began; WHOOP calibrates in the first four days
 * @param sahhaFeed where Sahha's nights come from
 * @param oldStrap whether the strap lacks SpO2 and skin temperature
 * @param bodyMeasured whether WHOOP knows height and weight
 */
public record Membership(
        Instant since,
        boolean hasWhoopAccount,
        boolean hasSahhaProfile,
        SahhaFeed sahhaFeed,
        boolean oldStrap,
        boolean bodyMeasured) {}
