package io.holisticos.twins.world;

/**
 * What the sensors measure during a night.
 *
 * @param respiratoryRate breaths per minute
 * @param spo2 percent
 * @param skinTempCelsius at the wrist
 * @param hrvRmssd milliseconds
 * @param hrvSdnn milliseconds; another measure than rMSSD, not a conversion of it
 * @param restingHeartRate beats per minute
 */
public record Vitals(
        double respiratoryRate,
        double spo2,
        double skinTempCelsius,
        double hrvRmssd,
        double hrvSdnn,
        double restingHeartRate) {}
