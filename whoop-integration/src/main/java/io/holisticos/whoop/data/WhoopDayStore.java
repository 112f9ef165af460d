package io.holisticos.whoop.data;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.WhoopApi;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a member's records, by one query for any range of days. It reads the views that {@link RecordStore} publishes, and never
 * calls WHOOP. Every method throws {@link SourceUnavailable} when the database does not answer. Thread-safe.
 */
public final class WhoopDayStore {

    /**
     * So many days are read around the days asked for. A person's day begins up to 18 h before or after UTC's ({@link
     * ZoneOffset#MAX}), and a cycle that nobody slept in begins 12 h before its day: 30 h.
     */
    private static final int MARGIN_DAYS = 2;

    private static final Logger log = LoggerFactory.getLogger(WhoopDayStore.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private static final String RECORDS_OF_DAYS = HeldRows.UNION.filledInto(ClasspathSqlLocator.removingComments()
            .locate("io.holisticos.whoop.data.records-of-days")
            .strip());

    private static final String SINGLE = "select %s from whoop_record_%s where user_id = :who";
    private static final String ANYTHING = """
        select exists (select from whoop_record_profile where user_id = :who)
            or exists (select from whoop_record_cycle where user_id = :who)
            or exists (select from whoop_record_sleep where user_id = :who)
            or exists (select from whoop_record_workout where user_id = :who)\
        """;

    private final Jdbi jdbi;
    private final Vault vault;

    public WhoopDayStore(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.vault = vault;
    }

    /**
     * Every record of these days, and records beside them that decide which those are; {@link WhoopDays#of(HeldRecords,
     * DayRange)} then chooses.
     *
     * @param now no observation is later than this, whatever a record says
     */
    public HeldRecords read(UserId who, DayRange days, Instant now, Deadline deadline) {
        return read(who, days, now, deadline, false).records();
    }

    /** As {@link #read}, with what else an answer needs; records only of a member whose connection lets them be shown. */
    public HeldMember readConnected(UserId who, DayRange days, Instant now, Deadline deadline) {
        return read(who, days, now, deadline, true);
    }

    private HeldMember read(UserId who, DayRange days, Instant now, Deadline deadline, boolean connected) {
        return answered(handle -> limited(handle.createQuery(RECORDS_OF_DAYS), deadline)
                .bind("who", who.value())
                .bind("connected", connected)
                .bind("since", startOf(days.from().minusDays(MARGIN_DAYS)))
                .bind("until", startOf(days.to().plusDays(1 + MARGIN_DAYS)))
                .bind("reach", WhoopDays.REACH.toString())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .scanResultSet((results, context) -> {
                    try (context) {
                        return member(who, results.get());
                    }
                }));
    }

    private HeldMember member(UserId who, ResultSet results) throws SQLException {
        HeldRows rows = new HeldRows(results);
        while (results.next()) {
            add(rows, who, results.getString(1));
        }
        return rows.member();
    }

    /** A row that is not readable is left out: it must not take away the member's other records, or other members'. */
    private void add(HeldRows rows, UserId who, String kind) {
        try {
            rows.add(kind);
        } catch (UnreadableRow e) {
            log.error("event=record_unreadable provider=whoop member={} kind={}", vault.inLogs(who), kind, e);
        }
    }

    /** Empty until the first sync has read it. */
    public Optional<Profile> findProfile(UserId who) {
        return find(RecordKind.PROFILE, who);
    }

    /** Empty when WHOOP has none of this member. */
    public Optional<BodyMeasurement> findBodyMeasurement(UserId who) {
        return find(RecordKind.BODY_MEASUREMENT, who);
    }

    /** A record of a kind of which a member has one. */
    private <T> Optional<T> find(RecordKind<T> kind, UserId who) {
        List<String> columns = kind.columnNames();
        Map<String, Integer> places = IntStream.range(0, columns.size())
                .boxed()
                .collect(Collectors.toUnmodifiableMap(columns::get, place -> place + 1));
        return answered(handle -> handle.createQuery(SINGLE.formatted(String.join(", ", columns), kind.collection()))
                .bind("who", who.value())
                .map((row, context) ->
                        kind.fromRow(new RecordRow(row, places, (purpose, bytes) -> opened(who, purpose, bytes))))
                .findOne());
    }

    /** A value that does not open is a fault of ours: for now the source is unavailable. */
    private String opened(UserId who, String purpose, byte[] sealed) {
        try {
            return vault.openText(who, purpose, sealed);
        } catch (Vault.Unreadable e) {
            log.error("event=profile_unreadable provider=whoop member={} purpose={}", vault.inLogs(who), purpose);
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    /** Whether anything was ever held of this member. */
    public boolean holdsAnythingOf(UserId who, Deadline deadline) {
        return answered(handle -> limited(handle.createQuery(ANYTHING), deadline)
                .bind("who", who.value())
                .mapTo(Boolean.class)
                .one());
    }

    private <T> T answered(Function<Handle, T> reading) {
        try {
            return jdbi.withHandle(reading::apply);
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    private static Query limited(Query query, Deadline deadline) {
        Duration remaining = deadline.remaining();
        if (remaining.isZero()) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER);
        }
        return query.setQueryTimeout((int) remaining.plusMillis(999).toSeconds()); // JDBC counts whole seconds
    }

    private static OffsetDateTime startOf(LocalDate day) {
        return day.atStartOfDay().atOffset(ZoneOffset.UTC);
    }
}
