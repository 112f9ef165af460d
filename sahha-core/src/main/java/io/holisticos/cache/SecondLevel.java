package io.holisticos.cache;

import io.holisticos.health.MemberListener;
import io.holisticos.health.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Answers that all replicas share, for those that are not in the memory of one. It may lose any of them at any time, and it
 * never fails and never lets anybody wait long: without it an answer is read. Thread-safe.
 *
 * <p>It has to hear of every change ({@link MemberListener}), after whatever else in this process follows changes: what is
 * read after a change was told here is as new as the change.
 */
public interface SecondLevel extends MemberListener {

    /** Where there is none. */
    SecondLevel NONE = new SecondLevel() {
        @Override
        public Look look(UserId who, String question) {
            return Look.NOTHING;
        }

        @Override
        public void keep(Ticket ticket, String question, byte[] answer, Instant until) {}

        @Override
        public void changed(UserId who) {}

        @Override
        public void anybodyChanged() {}
    };

    /**
     * Looks for the answer to this question. To be called before anything is read of the person.
     *
     * @param question equal questions have equal answers; it says all that the answer depends on but the person's stored data
     */
    Look look(UserId who, String question);

    /**
     * Keeps an answer, unless the person changed since the ticket was taken. Does not wait.
     *
     * @param until the first moment at which the answer may be another one
     */
    void keep(Ticket ticket, String question, byte[] answer, Instant until);

    /**
     * What a look found: an answer, or none and the ticket to keep one.
     *
     * @param answer null when there is none
     * @param ticket null when no answer of this person can be kept for now
     */
    record Look(@Nullable Kept answer, @Nullable Ticket ticket) {

        /** Neither. */
        public static final Look NOTHING = new Look(null, null);
    }

    /**
     * An answer that is true now.
     *
     * @param until the first moment at which it may be another one
     */
    record Kept(byte[] bytes, Instant until) {}

    /** A person's changes as they were when a reading began. Only the level that gave it knows what it says. */
    interface Ticket {}
}
