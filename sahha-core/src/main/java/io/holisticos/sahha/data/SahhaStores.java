package io.holisticos.sahha.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jdbi.v3.core.Jdbi;

/**
 * The stores of Sahha's tables in the entry point's database.
 *
 * @param rows scores, biomarkers and archetypes, with the versions they replaced
 * @param marks when Sahha was last asked for which days
 * @param profiles what Sahha said of profiles and phones
 * @param inbox webhook events
 * @param changes what changed in members' days
 */
public record SahhaStores(
        SahhaRowStore rows,
        RefreshMarkStore marks,
        ProfileCheckStore profiles,
        SahhaInboxStore inbox,
        SahhaChangeStore changes) {

    /** All of them, over the pool of this {@code jdbi}. */
    public static SahhaStores in(Jdbi jdbi, ObjectMapper mapper) {
        SahhaDatabase database = new SahhaDatabase(jdbi, mapper);
        RefreshMarkStore marks = new RefreshMarkStore(database);
        ProfileCheckStore profiles = new ProfileCheckStore(database);
        return new SahhaStores(
                new SahhaRowStore(database, marks),
                marks,
                profiles,
                new SahhaInboxStore(database, marks, profiles),
                new SahhaChangeStore(database));
    }
}
