package io.holisticos.whoop.sync;

import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.quota.Lane;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The next thing to do for a member. */
sealed interface Step {

    /** A step that costs a call, paid from a lane. */
    sealed interface Calling extends Step {
        Lane lane();
    }

    /** Reads one page of a collection and settles by it what was told. */
    record ListPage(Walk walk) implements Calling {
        @Override
        public Lane lane() {
            return walk.lane();
        }
    }

    /** Reads who the member is, or their body: a stage of a run. */
    record ReadPerson(SyncRun.Stage stage) implements Calling {
        @Override
        public Lane lane() {
            return Lane.INTERACTIVE;
        }
    }

    /** Reads one record that lists do not show. */
    record ReadById(OpenChange change) implements Calling {
        @Override
        public Lane lane() {
            return Lane.WEBHOOK;
        }
    }

    /** Asks for a record that two lists should have shown. */
    record AskById(Absent absent) implements Calling {
        @Override
        public Lane lane() {
            return Lane.RECONCILE;
        }
    }

    /** Notes a deletion; costs no call. */
    record Bury(OpenChange deletion) implements Step {}

    /**
     * WHOOP has fallen silent although the member's cycles go on: all is read that was not since that moment.
     *
     * @param since when the silence became suspicious
     */
    record Alarm(Instant since) implements Step {}

    /** A run has got all it asked for. */
    record Finish(SyncRun run) implements Step {}

    /** Nothing to do before this moment. */
    record Wait(Instant until) implements Step {}

    /** Nothing to do until the member is connected again. */
    record Rest() implements Step {}

    /**
     * A reading of a collection, page by page, newest first.
     *
     * @param window what is asked for; the same for every page, as WHOOP wants it
     * @param unread what of it no page has told yet
     * @param token the next page; null for the first
     * @param pages how many were read
     * @param begunAt when the first page was asked for
     */
    record Walk(
            Collection collection,
            Window window,
            Window unread,
            @Nullable String token,
            int pages,
            Instant begunAt,
            Lane lane) {

        static Walk begin(Collection collection, Window window, Instant now, Lane lane) {
            return new Walk(collection, window, window, null, 0, now, lane);
        }

        Walk next(Window stillUnread, String nextToken) {
            return new Walk(collection, window, stillUnread, nextToken, pages + 1, begunAt, lane);
        }

        /** Page tokens stay out of logs. */
        @Override
        public String toString() {
            return "Walk[" + collection + " " + window + " " + lane + (token == null ? "" : " on") + "]";
        }
    }
}
