package io.holisticos.whoop.sync;

import io.holisticos.whoop.api.Page;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.ReadFailures.ReadTarget;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The next thing to do for a member. */
sealed interface Step {

    /** A step that costs a call, paid from a lane. */
    sealed interface Calling extends Step {
        Lane lane();

        /** The read that fails with this step; null for a record by its id, which is tried again by its own schedule. */
        default @Nullable ReadTarget target() {
            return null;
        }
    }

    /** The collection of a step; null when it is about no list. */
    default @Nullable RecordCollection collection() {
        return null;
    }

    /** Reads one page of a collection, and settles events by it. */
    record ListPage(Listing listing) implements Calling {
        @Override
        public Lane lane() {
            return listing.lane();
        }

        @Override
        public RecordCollection collection() {
            return listing.collection();
        }

        @Override
        public ReadTarget target() {
            return new ReadTarget(SyncRun.Stage.of(listing.collection()), listing.lane() == Lane.BACKFILL);
        }
    }

    /** Reads who the member is, or their body: a stage of a run. */
    record ReadPerson(SyncRun.Stage stage) implements Calling {
        @Override
        public Lane lane() {
            return Lane.INTERACTIVE;
        }

        @Override
        public ReadTarget target() {
            return new ReadTarget(stage, false);
        }
    }

    /** Reads one record that lists do not show. */
    record ReadById(PendingEvent event) implements Calling {
        @Override
        public Lane lane() {
            return Lane.WEBHOOK;
        }

        @Override
        public RecordCollection collection() {
            return event.collection();
        }
    }

    /** Fetches a record that two lists should have shown. */
    record AskById(Absent absent) implements Calling {
        @Override
        public Lane lane() {
            return Lane.RECONCILE;
        }

        @Override
        public RecordCollection collection() {
            return RecordCollection.of(absent.kind().collection());
        }
    }

    /** Marks a record as deleted; costs no call. */
    record MarkDeleted(PendingEvent deletion) implements Step {}

    /**
     * WHOOP sends no more events although the member's cycles go on: every collection not listed since that moment is listed.
     *
     * @param since when the silence became suspicious
     */
    record SilenceAlarm(Instant since) implements Step {}

    /** A run has read all it asked for. */
    record Finish(SyncRun run) implements Step {}

    /** A run has read all it asked for, except what fails again and again. */
    record AbandonRun(SyncRun run, SyncRun.Stage at, SyncError error) implements Step {}

    /** Nothing to do before this moment. */
    record Wait(Instant until) implements Step {}

    /** Nothing to do until the member is connected again. */
    record Stop() implements Step {}

    /**
     * A listing of a collection, page by page, newest first.
     *
     * @param window what is asked for; the same for every page, as WHOOP wants it
     * @param unread the part of the window that no page has shown yet
     * @param token names the next page; null for the first
     * @param pages how many pages were read
     * @param begunAt when the first page was fetched
     * @param seen the page tokens so far
     */
    record Listing(
            RecordCollection collection,
            Window window,
            Window unread,
            @Nullable String token,
            int pages,
            Instant begunAt,
            Lane lane,
            TokensSeen seen) {

        /** 10,000 records; nobody has so many of one kind. */
        private static final int MAX_PAGES = 400;

        /** With 50 records a day, and some room: a list of few days has to end sooner. */
        private static final int PAGES_FOR_A_START = 20;

        private static final int PAGES_FOR_A_DAY = 2;

        static Listing begin(RecordCollection collection, Window window, Instant now, Lane lane) {
            return new Listing(collection, window, window, null, 0, now, lane, TokensSeen.NONE);
        }

        Listing next(Window stillUnread, String nextToken) {
            return new Listing(
                    collection, window, stillUnread, nextToken, pages + 1, begunAt, lane, seen.with(nextToken));
        }

        /**
         * Checks that the listing may go on with this token.
         *
         * @param nextToken null on the last page
         * @throws EndlessList when the token is none, was seen before, or there are more pages than any list has
         */
        void requireAnEnd(@Nullable String nextToken) {
            if (nextToken == null) {
                return;
            }
            if (!Page.isToken(nextToken)) {
                throw new EndlessList(SyncError.BAD_PAGE_TOKEN);
            }
            if (seen.contains(nextToken)) {
                throw new EndlessList(SyncError.PAGE_TOKEN_REPEATED);
            }
            if (pages + 1 >= maxPages()) {
                throw new EndlessList(SyncError.TOO_MANY_PAGES);
            }
        }

        private long maxPages() {
            long days = Duration.between(window.start(), window.end()).toDays() + 1;
            return Math.min(MAX_PAGES, PAGES_FOR_A_START + PAGES_FOR_A_DAY * days);
        }

        /** Page tokens stay out of logs. */
        @Override
        public String toString() {
            return "Walk[" + collection + " " + window + " " + lane + (token == null ? "" : " on") + "]";
        }
    }
}
