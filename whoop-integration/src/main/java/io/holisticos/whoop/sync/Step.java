package io.holisticos.whoop.sync;

import io.holisticos.whoop.api.Page;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Absent;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.sync.Failures.What;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The next thing to do for a member. */
sealed interface Step {

    /** A step that costs a call, paid from a lane. */
    sealed interface Calling extends Step {
        Lane lane();

        /** What is counted as failing when it fails; null for a record by its id, which is asked for again in its time. */
        default @Nullable What what() {
            return null;
        }
    }

    /** What a step is about; null when that is no list. */
    default @Nullable Collection collection() {
        return null;
    }

    /** Reads one page of a collection and settles by it what was told. */
    record ListPage(Walk walk) implements Calling {
        @Override
        public Lane lane() {
            return walk.lane();
        }

        @Override
        public Collection collection() {
            return walk.collection();
        }

        @Override
        public What what() {
            return new What(SyncRun.Stage.of(walk.collection()), walk.lane() == Lane.BACKFILL);
        }
    }

    /** Reads who the member is, or their body: a stage of a run. */
    record ReadPerson(SyncRun.Stage stage) implements Calling {
        @Override
        public Lane lane() {
            return Lane.INTERACTIVE;
        }

        @Override
        public What what() {
            return new What(stage, false);
        }
    }

    /** Reads one record that lists do not show. */
    record ReadById(OpenChange change) implements Calling {
        @Override
        public Lane lane() {
            return Lane.WEBHOOK;
        }

        @Override
        public Collection collection() {
            return change.collection();
        }
    }

    /** Asks for a record that two lists should have shown. */
    record AskById(Absent absent) implements Calling {
        @Override
        public Lane lane() {
            return Lane.RECONCILE;
        }

        @Override
        public Collection collection() {
            return Collection.of(absent.kind().collection());
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

    /** A run has got all it asked for but what fails again and again. */
    record GiveUp(SyncRun run, SyncRun.Stage at, SyncError error) implements Step {}

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
     * @param seen the tokens it came by
     */
    record Walk(
            Collection collection,
            Window window,
            Window unread,
            @Nullable String token,
            int pages,
            Instant begunAt,
            Lane lane,
            TokensSeen seen) {

        /** 10,000 records: nobody has as many of one kind. */
        private static final int MOST_PAGES = 400;

        /** 50 records a day, and some room: a list of few days ends sooner. */
        private static final int PAGES_FOR_A_START = 20;

        private static final int PAGES_FOR_A_DAY = 2;

        static Walk begin(Collection collection, Window window, Instant now, Lane lane) {
            return new Walk(collection, window, window, null, 0, now, lane, TokensSeen.NONE);
        }

        Walk next(Window stillUnread, String nextToken) {
            return new Walk(collection, window, stillUnread, nextToken, pages + 1, begunAt, lane, seen.with(nextToken));
        }

        /**
         * Whether the walk may go on by that token.
         *
         * @param nextToken null on the last page
         * @throws EndlessList when it leads nowhere, in a circle, or further than any list goes
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
            return Math.min(MOST_PAGES, PAGES_FOR_A_START + PAGES_FOR_A_DAY * days);
        }

        /** Page tokens stay out of logs. */
        @Override
        public String toString() {
            return "Walk[" + collection + " " + window + " " + lane + (token == null ? "" : " on") + "]";
        }
    }
}
