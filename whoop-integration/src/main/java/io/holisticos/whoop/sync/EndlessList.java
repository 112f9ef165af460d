package io.holisticos.whoop.sync;

/** A list that leads to no end: reading it once more from its start would lead to the same place. */
final class EndlessList extends RuntimeException {

    private final SyncError why;

    EndlessList(SyncError why) {
        super(why.word(), null, false, false);
        this.why = why;
    }

    SyncError why() {
        return why;
    }
}
