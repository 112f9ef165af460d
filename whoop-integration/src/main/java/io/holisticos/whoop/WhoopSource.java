package io.holisticos.whoop;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.command.Command;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.HealthSource;
import io.holisticos.health.MemberListener;
import io.holisticos.health.Observation;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceDay;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.MemberNotices;
import io.holisticos.whoop.MemberStatuses.MemberStatus;
import io.holisticos.whoop.data.ChangeStore;
import io.holisticos.whoop.data.HeldMember;
import io.holisticos.whoop.data.HeldRecords;
import io.holisticos.whoop.data.WhoopDay;
import io.holisticos.whoop.data.WhoopDayStore;
import io.holisticos.whoop.data.WhoopDays;
import io.holisticos.whoop.sync.SyncFreshness;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** WHOOP as a source of health data. It reads the database only: a read never costs a call of the quota. */
public final class WhoopSource implements HealthSource {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    /** Raise it whenever the same records give other days than before: other dates, values or reasons. */
    private static final int RULES_VERSION = 1;

    private final MemberStatuses statuses;
    private final WhoopDayStore reader;
    private final Changes changes;
    private final Clock clock;
    private final Command store;

    /**
     * The members' changes.
     *
     * @param told as they happen
     * @param listed those that were
     */
    public record Changes(MemberNotices told, ChangeStore listed) {}

    /** @param store the command that runs every read of the database */
    public WhoopSource(MemberStatuses statuses, WhoopDayStore reader, Changes changes, Clock clock, Command store) {
        this.statuses = statuses;
        this.reader = reader;
        this.changes = changes;
        this.clock = clock;
        this.store = store;
    }

    @Override
    public SourceName name() {
        return WHOOP;
    }

    @Override
    public int rulesVersion() {
        return RULES_VERSION;
    }

    @Override
    public void tell(MemberListener listener) {
        changes.told().tell(listener);
    }

    @Override
    public boolean isTelling() {
        return changes.told().areHeard();
    }

    @Override
    public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
        try {
            return store.run(deadline, () -> held(who, days, deadline), WhoopSource::unavailable);
        } catch (SourceUnavailable e) {
            return unavailable(e);
        }
    }

    /** The database keeps microseconds: what is finer would be rounded there, and be another moment than here. */
    private SourceAnswer held(UserId who, DaysToRead days, Deadline deadline) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        HeldMember held = reader.readConnected(who, days.read(), now, deadline);
        return statuses.of(who, held, now)
                .<SourceAnswer>map(member -> measured(member, days, held, now))
                .orElseGet(() -> new SourceAnswer.NotConnected(WHOOP, Instant.MAX));
    }

    @Override
    public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
        try {
            return store.run(
                    deadline, () -> changes.listed().since(who, since, limit, deadline), WhoopSource::notListed);
        } catch (SourceUnavailable e) {
            return notListed(e);
        }
    }

    private static ChangesAnswer notListed(HealthError error) {
        return new ChangesAnswer.Unavailable(error.retryAfter().orElse(RETRY_AFTER));
    }

    private static SourceAnswer unavailable(HealthError error) {
        return new SourceAnswer.Unavailable(WHOOP, error.retryAfter().orElse(RETRY_AFTER));
    }

    @Override
    public Acquaintance acquaintance(UserId who, Deadline deadline) {
        try {
            return store.run(
                    deadline,
                    () -> statuses.isConnected(who) || reader.holdsAnythingOf(who, deadline)
                            ? Acquaintance.KNOWN
                            : Acquaintance.UNKNOWN,
                    error -> Acquaintance.UNSURE);
        } catch (SourceUnavailable e) {
            return Acquaintance.UNSURE;
        }
    }

    private SourceAnswer measured(MemberStatus member, DaysToRead days, HeldMember all, Instant now) {
        HeldRecords held = member.isAccountUnconfirmed() ? HeldRecords.NOTHING : all.records();
        Observation newest = held.newest();
        ReadDays read = new ReadDays(member, ReadDays.offsetOf(newest), now);
        Set<LocalDate> partlyRead =
                days.read().days().stream().filter(read::isPartly).collect(Collectors.toUnmodifiableSet());
        SyncFreshness freshness = member.freshness();
        return new SourceAnswer.Measured(
                WHOOP,
                member.dataStatus(),
                member.asOf(),
                member.connection().connectedAt(),
                partlyRead.stream().anyMatch(days.asked()::contains) ? "partial" : "complete",
                newest,
                ofRange(days.read(), held, read),
                partlyRead,
                held.revision(),
                null,
                KeptUntil.of(
                        member.dataStatus(),
                        freshness == null ? null : statuses.staleFrom(freshness),
                        newest,
                        all.changesAt(),
                        now));
    }

    /** Days with records, and today while its first are on their way. */
    private static List<SourceDay> ofRange(DayRange days, HeldRecords held, ReadDays read) {
        List<WhoopDay> ofRange = new ArrayList<>(WhoopDays.of(held, days));
        LocalDate today = read.today();
        if (read.isAwaited(today)
                && days.contains(today)
                && ofRange.stream().noneMatch(day -> day.date().equals(today))) {
            ofRange.add(new WhoopDay(today, null, List.of(), List.of()));
            ofRange.sort(Comparator.comparing(WhoopDay::date));
        }
        return ofRange.stream()
                .map(day -> DayValues.of(day, held.recordedTimes(), read))
                .toList();
    }
}
