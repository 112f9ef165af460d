package io.holisticos.whoop.sync;

import io.holisticos.database.Database;

/** The stores of this package, over one database. */
record SyncTables(MemberStore members, RecordEventStore events, SyncRunStore runs, FailureStore failures) {

    static SyncTables in(Database database) {
        return new SyncTables(
                new MemberStore(database),
                new RecordEventStore(database),
                new SyncRunStore(database),
                new FailureStore(database));
    }
}
