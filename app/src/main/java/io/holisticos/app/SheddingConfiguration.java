package io.holisticos.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Section {@code shedding}: how many requests are handled at a time, each number in percent of {@code
 * server.maxThreads}. Callers beyond that get 503 at once.
 */
public final class SheddingConfiguration {

    /** The existing paths. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int existing = 63;

    /** Unified health, and existing overviews with {@code include_whoop=true}. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int unified = 26;

    /** Unified overviews of many members, each of which takes as long as up to a hundred of one. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int overviews = 2;

    /** {@code /internal}. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int internal = 10;

    /** Routes for connecting, and the pages that a member's browser opens. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int connect = 5;

    /** What anybody may read: documentation, the explorer's page, files that pages load. One client has half of it at most. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int pages = 5;

    /** All other routes, such as signing in. Probes are never shed. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int other = 5;

    /** Webhooks of WHOOP and Sahha. No other group takes of this room, and they take none of the others'. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int webhooks = 25;

    /** Integration health. Its room is as separate as that of webhooks. */
    @Min(1)
    @Max(100)
    @JsonProperty
    int health = 3;

    /**
     * Unified requests are shed when all groups but webhooks and health together have so many, whatever their own
     * number.
     */
    @Min(1)
    @Max(100)
    @JsonProperty
    int unifiedUpTo = 58;

    /**
     * The limit of all groups but webhooks and health together. The rest is for probes and the server's own threads.
     */
    @Min(1)
    @Max(99)
    @JsonProperty
    int all = 68;

    @ValidationMethod(message = "shedding.unifiedUpTo must be at most shedding.all: unified requests are shed first")
    boolean isUnifiedShedFirst() {
        return unifiedUpTo <= all;
    }

    @ValidationMethod(
            message = "shedding.unified, overviews, internal, connect, pages and other together must leave room for"
                    + " existing paths: less than shedding.all")
    boolean isRoomLeftForExistingPaths() {
        return unified + overviews + internal + connect + pages + other < all;
    }

    @ValidationMethod(
            message = "shedding.all, webhooks and health together must leave something for probes: at most 99")
    boolean isRoomLeftForProbes() {
        return all + webhooks + health < 100;
    }
}
