package io.holisticos.whoop.data;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.holisticos.health.UserId;
import io.holisticos.jobs.TakeOver;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.data.ArchiveRenamingStore.Walk;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings names of payloads that a version before gave to their present form, member by member, while the service runs:
 * until then rows are found by either. Walks over all members until a whole walk finds nothing, for a replica of the
 * version before may still be writing; and begins anew should one come back.
 */
public final class ArchiveRenaming {

    private static final Logger log = LoggerFactory.getLogger(ArchiveRenaming.class);

    private static final Duration EVERY = Duration.ofMinutes(10);

    /** A member is a transaction of some thousand rows. */
    private static final int MEMBERS_AT_ONCE = 500;

    /** Replicas' clocks differ by less, and no statement takes longer. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private final ArchiveRenamingStore store;
    private final PayloadNames names;
    private final Clock clock;

    public ArchiveRenaming(Jdbi jdbi, Vault vault, Clock clock) {
        this.store = new ArchiveRenamingStore(jdbi);
        this.names = new PayloadNames(vault);
        this.clock = clock;
    }

    /** What is done by the clock; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        return List.of(Tasks.recurring("whoop-archive-names", FixedDelay.of(EVERY))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) ->
                        round(MEMBERS_AT_ONCE, () -> context.getSchedulerState().isShuttingDown())));
    }

    /** Goes on with the walk for some members. What is done is kept, wherever it is stopped. */
    void round(int most, BooleanSupplier stopping) {
        Walk walk = begun(store.walk());
        if (!walk.done()) {
            names.prepare();
        }
        int members = 0;
        for (int i = 0; i < most && !walk.done() && !stopping.getAsBoolean(); i++) {
            Optional<String> next = store.next(walk.to());
            if (next.isEmpty()) {
                walk = ended(walk);
                break;
            }
            int found = store.rename(new UserId(next.get()), names::ofFormer) > 0 ? 1 : 0;
            members += found;
            walk = new Walk(next.get(), walk.found() + found, false, null);
        }
        store.save(walk, clock.instant());
        if (members > 0) {
            log.info("event=archive_names_renewed members={}", members);
        }
    }

    /** A walk that is done is begun anew when a version before wrote since. */
    private Walk begun(Walk walk) {
        Instant at = walk.at();
        return walk.done() && at != null && store.cameSince(at.minus(MARGIN)) ? Walk.BEGIN : walk;
    }

    private static Walk ended(Walk walk) {
        if (walk.found() == 0) {
            log.info("event=archive_names_all_renewed");
        }
        return new Walk("", 0, walk.found() == 0, null);
    }
}
