package io.holisticos.whoop.sync;

/** A list that does not come to an end: reading it again from its start would end the same way. */
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
