package io.holisticos.app.access;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Owns table {@code observed_caller}: how often whom enforce would refuse called, by day, route and network. */
public final class ObservedCallerStore {

    private static final String ADD = """
            insert into observed_caller (day, route, standing, address_prefix, requests, first_at, last_at)
            values (:day, :route, :standing, :prefix, :requests, :first, :last)
            on conflict (day, route, standing, address_prefix) do update
            set requests = observed_caller.requests + excluded.requests,
                first_at = least(observed_caller.first_at, excluded.first_at),
                last_at = greatest(observed_caller.last_at, excluded.last_at)""";
    private static final String FORGET = "delete from observed_caller where day < :day";
    private static final String READ = """
            select route, standing, address_prefix, sum(requests)::bigint as requests, min(first_at) as first_at,
                max(last_at) as last_at
            from observed_caller
            group by route, standing, address_prefix
            order by requests desc, route, standing, address_prefix""";

    private final Jdbi jdbi;

    public ObservedCallerStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** @param day of UTC */
    record OfDay(LocalDate day, ObservedCaller caller) {}

    /** Adds these requests to those of before, and forgets the days before that one. */
    void add(List<OfDay> observed, LocalDate oldest) {
        jdbi.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(ADD);
            observed.stream() // in the same order on every replica: two of them would wait for each other else
                    .sorted(Comparator.comparing(OfDay::day)
                            .thenComparing(one -> one.caller().route())
                            .thenComparing(one -> one.caller().standing())
                            .thenComparing(one -> one.caller().addressPrefix()))
                    .forEach(one -> batch.bind("day", one.day())
                            .bind("route", one.caller().route())
                            .bind("standing", one.caller().standing())
                            .bind("prefix", one.caller().addressPrefix())
                            .bind("requests", one.caller().requests())
                            .bind("first", utc(one.caller().firstAt()))
                            .bind("last", utc(one.caller().lastAt()))
                            .add());
            batch.execute();
            handle.createUpdate(FORGET).bind("day", oldest).execute();
        });
    }

    /** All days together, the most frequent first. */
    public List<ObservedCaller> read() {
        return jdbi.withHandle(handle -> handle.createQuery(READ)
                .map((row, context) -> new ObservedCaller(
                        row.getString("route"),
                        row.getString("standing"),
                        row.getString("address_prefix"),
                        row.getLong("requests"),
                        row.getObject("first_at", OffsetDateTime.class).toInstant(),
                        row.getObject("last_at", OffsetDateTime.class).toInstant()))
                .list());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
