package io.holisticos.whoop.webhook;

import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.Change;
import io.holisticos.whoop.sync.News;
import io.holisticos.whoop.sync.Noted;
import org.jdbi.v3.core.Handle;

/** Where events go once they are known to be a member's: {@link io.holisticos.whoop.sync.Synchronizer}. */
public interface ChangeList {

    /** Puts a change on the member's list if it is news, in one statement, which may be part of a transaction. */
    Noted note(Handle handle, UserId who, Change change, News news);

    /** Has the list looked at, once what was put on it is committed. Safe to repeat. */
    void wake(UserId who);
}
