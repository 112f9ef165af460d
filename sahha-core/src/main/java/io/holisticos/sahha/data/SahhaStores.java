package io.holisticos.sahha.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.UserId;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/**
 * The stores of Sahha's tables in the entry point's database.
 *
 * @param rows scores, biomarkers and archetypes, with the versions they replaced
 * @param marks when Sahha was last asked for which days
 * @param profiles what Sahha said of profiles and phones
 * @param inbox webhook events
 * @param logs which sources recorded what
 * @param changes what changed in members' days
 */
public record SahhaStores(
        SahhaRowStore rows,
        RefreshMarkStore marks,
        ProfileCheckStore profiles,
        SahhaInboxStore inbox,
        SahhaDataLogStore logs,
        SahhaChangeStore changes) {

    /**
     * All of them, over the pool of this {@code jdbi}.
     *
     * @param changed is told whose answers may be other ones, before a change of ours is acknowledged
     */
    public static SahhaStores in(Jdbi jdbi, ObjectMapper mapper, Consumer<UserId> changed) {
        SahhaDatabase database = new SahhaDatabase(jdbi, mapper, changed);
        RefreshMarkStore marks = new RefreshMarkStore(database);
        ProfileCheckStore profiles = new ProfileCheckStore(database);
        SahhaRowStore rows = new SahhaRowStore(database, marks);
        SahhaDataLogStore logs = new SahhaDataLogStore(database);
        return new SahhaStores(
                rows,
                marks,
                profiles,
                new SahhaInboxStore(database, marks, profiles, logs, rows),
                logs,
                new SahhaChangeStore(database));
    }
}
