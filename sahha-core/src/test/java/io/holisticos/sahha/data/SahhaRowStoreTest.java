package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import io.holisticos.health.DayRange;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.RecordDecoder;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.testing.TestDatabase;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the rows of a member tell beside the days that are read. */
class SahhaRowStoreTest {

    private static final Instant NOW = Instant.parse("2025-07-12T10:00:00Z");
    private static final ObjectMapper MAPPER =
            Jackson.newObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static TestDatabase database;
    private static int members;

    private final RecordDecoder decoder = new RecordDecoder(new MetricRegistry());
    private SahhaRowStore store;
    private UserId who;

    @BeforeAll
    static void openDatabase() {
        database = SahhaTables.emptied();
    }

    @BeforeEach
    void anotherMember() {
        store = SahhaStores.in(database.jdbi(), MAPPER, who -> {}).rows();
        who = new UserId("row-member-" + members++);
    }

    @Test
    void aMemberWithoutRecordsWasNeverSeen() {
        assertThat(store.lastSeen(who, NOW)).isEmpty();
    }

    @Test
    void anOlderRecordWithAnOffsetSaysBetterWhereAMemberWasThanANewerOneWithout() {
        save("2025-07-10T00:00:00+12:00", "2025-07-10T09:00:00+00:00");
        save("2025-07-11T00:00:00", "2025-07-11T09:00:00+00:00");

        assertThat(store.lastSeen(who, NOW))
                .contains(new LastSeen(Instant.parse("2025-07-10T09:00:00Z"), ZoneOffset.ofHours(12)));
    }

    @Test
    void withoutAnyOffsetTheNewestRecordSaysWhen() {
        save("2025-07-10T00:00:00", "2025-07-10T09:00:00+00:00");
        save("2025-07-11T00:00:00", "2025-07-11T09:00:00+00:00");

        assertThat(store.lastSeen(who, NOW)).contains(new LastSeen(Instant.parse("2025-07-11T09:00:00Z"), null));
    }

    @Test
    void nobodyIsSeenInTheFuture() {
        save("2025-07-11T00:00:00+12:00", "2025-07-12T10:00:01+00:00");
        save("2025-07-12T22:00:01+12:00", "2025-07-11T09:00:00+00:00");

        assertThat(store.lastSeen(who, NOW)).contains(new LastSeen(NOW, ZoneOffset.ofHours(12)));
    }

    @Test
    void infiniteTimesOfOtherServicesHideNothing() {
        save("2025-07-10T00:00:00+12:00", "2025-07-10T09:00:00+00:00");
        database.jdbi().useTransaction(handle -> {
            handle.execute("select set_config('sahha.writer', 'unified-health', true)");
            handle.execute("update scores set source_created_at = '-infinity' where profile_id = ?", who.value());
            handle.execute("""
                    insert into scores (id, profile_id, type, score_date_time, utc_offset_seconds, recorded_at)
                    values (gen_random_uuid(), ?, 'sleep', '-infinity', 3600, '2025-07-10T09:00:00Z')""", who.value());
        });

        assertThat(store.lastSeen(who, NOW))
                .contains(new LastSeen(Instant.parse("2025-07-09T12:00:00Z"), ZoneOffset.ofHours(12)));
    }

    @Test
    void aKindIsHeldOnTheDaysOfItsRowsOnly() {
        save("2025-07-10T00:00:00+12:00", "2025-07-10T09:00:00+00:00");
        LocalDate tenth = LocalDate.of(2025, 7, 10);

        assertThat(store.hasRowsOn(SahhaKind.SCORES, who, tenth.minusDays(3), tenth))
                .isTrue();
        assertThat(store.hasRowsOn(SahhaKind.SCORES, who, tenth.plusDays(1), tenth.plusDays(3)))
                .isFalse();
        assertThat(store.hasRowsOn(SahhaKind.BIOMARKERS, who, tenth, tenth)).isFalse();
        assertThat(store.hasRowsOn(SahhaKind.ARCHETYPES, who, tenth, tenth)).isFalse();
    }

    /** At its commit a save waits for the member's revision, which another one of theirs may hold. */
    @Test
    void aSaveThatWaitedTooLongForTheRevisionWhenItCommittedIsTriedAgain() throws Exception {
        save("2025-07-10T00:00:00+12:00", "2025-07-10T09:00:00+00:00");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Handle holder = database.jdbi().open()) {
            holder.begin();
            holder.execute("update sahha_revision set revision = revision where profile_id = ?", who.value());

            Future<?> saved = thread.submit(() -> save("2025-07-11T00:00:00+12:00", "2025-07-11T09:00:00+00:00"));
            awaitSecondWait(holder, saved);
            holder.commit();

            saved.get(20, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }

        assertThat(store.of(who, DayRange.of(LocalDate.of(2025, 7, 11)), NOW).scores())
                .hasSize(1);
    }

    private static void awaitSecondWait(Handle holder, Future<?> saved) {
        Set<String> begun = new HashSet<>();
        while (begun.size() < 2 && !saved.isDone()) {
            begun.addAll(holder.createQuery(
                            "select cast(waitstart as text) from pg_locks where not granted and waitstart is not null")
                    .mapTo(String.class)
                    .list());
        }
    }

    private void save(String scoreDateTime, String createdAt) {
        try {
            store.save(
                    SahhaKind.SCORES,
                    who,
                    "recent",
                    decoder.decode(SahhaKind.SCORES, MAPPER.readTree("""
                            [{"id":"a","type":"sleep","state":"high","score":0.7,"factors":[],"dataSources":["sleep"],
                              "scoreDateTime":"%s","createdAtUtc":"%s","version":1}]""".formatted(scoreDateTime, createdAt))),
                    NOW,
                    NOW);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
