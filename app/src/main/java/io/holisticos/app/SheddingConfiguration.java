package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Section {@code shedding}: how many requests are worked on at once, each number in percent of {@code server.maxThreads}.
 * What is beyond is told at once to come back.
 */
public final class SheddingConfiguration {

    /** The existing paths. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int existing = 75;

    /** Unified health, and existing overviews with {@code include_whoop=true}. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int unified = 32;

    /** {@code /internal}. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int internal = 10;

    /** Connecting and the browser on its way. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int connect = 5;

    /** Everything else but probes, which are never shed. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int other = 5;

    /** What WHOOP and Sahha deliver. Nobody else takes of this, and it takes nothing of theirs. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int webhooks = 10;

    /** How the integrations do; as apart as webhooks. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int health = 3;

    /** When all groups but webhooks and health together have this much, unified requests are shed, whatever their own number. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int unifiedUpTo = 65;

    /** All groups but webhooks and health together. What these three leave is for probes and the server's own threads. */
    @Min(1)
    @Max(99)
    @JsonProperty
    int all = 80;

    @ValidationMethod(message = "shedding.unifiedUpTo must be at most shedding.all: unified requests are shed first")
    boolean isUnifiedShedFirst() {
        return unifiedUpTo <= all;
    }

    @ValidationMethod(
            message = "shedding.unified, internal, connect and other together must leave room for existing"
                    + " paths: less than shedding.all")
    boolean isRoomLeftForExistingPaths() {
        return unified + internal + connect + other < all;
    }

    @ValidationMethod(
            message = "shedding.all, webhooks and health together must leave something for probes: at most 99")
    boolean isRoomLeftForProbes() {
        return all + webhooks + health < 100;
    }
}
