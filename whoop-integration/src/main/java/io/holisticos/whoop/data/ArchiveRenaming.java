package io.holisticos.whoop.data;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.holisticos.health.UserId;
import io.holisticos.jobs.TakeOver;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.data.ArchiveStore.RenamingProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews the hashes by which a former version of this service named payloads, member by member, while the service runs. Until
 * then rows are found by either hash. It walks over all members until a whole walk finds nothing, since a replica of the former
 * version may still be writing, and begins again should such a replica come back.
 */
public final class ArchiveRenaming {

    private static final Logger log = LoggerFactory.getLogger(ArchiveRenaming.class);

    private static final Duration EVERY = Duration.ofMinutes(10);

    /** Each member is a transaction of some thousand rows. */
    private static final int MEMBERS_AT_ONCE = 500;

    /** Replicas' clocks differ by less than this, and no statement takes longer. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private final Jdbi jdbi;
    private final ArchiveStore archive;
    private final RecordStore records;
    private final PayloadNames names;
    private final Clock clock;

    public ArchiveRenaming(Jdbi jdbi, Vault vault, Clock clock) {
        this.jdbi = jdbi;
        this.archive = new ArchiveStore(jdbi);
        this.records = new RecordStore(jdbi);
        this.names = new PayloadNames(vault);
        this.clock = clock;
    }

    /** The work that runs on a schedule, for {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        return List.of(Tasks.recurring("whoop-archive-names", FixedDelay.of(EVERY))
                .onDeadExecution(new TakeOver<>(clock))
                .execute((instance, context) ->
                        round(MEMBERS_AT_ONCE, () -> context.getSchedulerState().isShuttingDown())));
    }

    /** Continues the walk for some members. What is done is kept, wherever it is stopped. */
    void round(int most, BooleanSupplier stopping) {
        RenamingProgress progress = begun(archive.progress());
        if (!progress.done()) {
            names.prepare();
        }
        int members = 0;
        for (int i = 0; i < most && !progress.done() && !stopping.getAsBoolean(); i++) {
            Optional<String> next = memberAfter(progress.lastMember());
            if (next.isEmpty()) {
                progress = ended(progress);
                break;
            }
            int found = rename(new UserId(next.get())) > 0 ? 1 : 0;
            members += found;
            progress = new RenamingProgress(next.get(), progress.found() + found, false, null);
        }
        archive.save(progress, clock.instant());
        if (members > 0) {
            log.info("event=archive_names_renewed members={}", members);
        }
    }

    private Optional<String> memberAfter(String last) {
        return archive.firstMemberAfter(last, records.firstMemberAfter(last));
    }

    /** Renames all of a member at once, so that a row and its payload never differ. Returns how many hashes changed. */
    private int rename(UserId who) {
        return jdbi.inTransaction(handle -> {
            RecordStore.takeTurn(handle, who);
            Set<byte[]> former = new TreeSet<>(Arrays::compareUnsigned);
            former.addAll(RecordStore.formerHashes(handle, who));
            former.addAll(ArchiveStore.formerHashes(handle, who));
            if (!former.isEmpty()) {
                byte[][] formers = former.toArray(byte[][]::new);
                byte[][] renewed = former.stream().map(names::ofFormer).toArray(byte[][]::new);
                RecordStore.rename(handle, who, formers, renewed);
                ArchiveStore.rename(handle, who, formers, renewed);
            }
            return former.size();
        });
    }

    /** A walk that is done begins again when a former version wrote since. */
    private RenamingProgress begun(RenamingProgress progress) {
        Instant at = progress.recordedAt();
        return progress.done() && at != null && archive.hasFormerHashSince(at.minus(MARGIN))
                ? RenamingProgress.NONE
                : progress;
    }

    private static RenamingProgress ended(RenamingProgress progress) {
        if (progress.found() == 0) {
            log.info("event=archive_names_all_renewed");
        }
        return new RenamingProgress("", 0, progress.found() == 0, null);
    }
}
