package io.holisticos.notice;

import io.holisticos.health.MemberListener;
import io.holisticos.health.UserId;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * Who of a database's members changed. Triggers write these notices, whoever makes the change, by the function {@code
 * notice_member} of the migrations; who writes in this process is told the same by the commit itself, see {@link #hearCommits}.
 * Thread-safe.
 */
public final class MemberNotices {

    /** Its key is a member, or empty for all of them. */
    static final String TOPIC = "member";

    private final ChangeNotices notices;

    public MemberNotices(ChangeNotices notices) {
        this.notices = notices;
    }

    /** From now on, tells this listener of every change. */
    public void tell(MemberListener listener) {
        notices.listen(TOPIC, new NoticeListener() {
            @Override
            public void changed(String member) {
                if (member.isEmpty()) {
                    listener.anybodyChanged();
                } else {
                    idOf(member).ifPresent(listener::changed);
                }
            }

            @Override
            public void missed() {
                listener.anybodyChanged();
            }
        });
    }

    /** Empty for a text that is nobody's id, which rows of the former service may bear: nobody can ask for it. */
    private static Optional<UserId> idOf(String member) {
        try {
            return Optional.of(new UserId(member));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether changes from elsewhere arrive within two seconds. */
    public boolean areHeard() {
        return notices.areHeard();
    }

    /** Tells the listeners of this process; to be called once a change is committed, before it is acknowledged. */
    public void changed(UserId who) {
        notices.tell(new Notice(TOPIC, who.value()));
    }

    /**
     * From now on, tells the listeners of this process of every change that a statement or transaction of this pool commits,
     * before the caller goes on. To be called before the first statement.
     */
    public void hearCommits(Jdbi pool) {
        new Commits(member -> notices.tell(new Notice(TOPIC, member))).hear(pool);
    }
}
