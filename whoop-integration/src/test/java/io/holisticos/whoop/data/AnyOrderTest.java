package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jdbi.v3.core.Jdbi;

/** Whatever WHOOP tells us, in whatever order and however often, ends in one state. */
class AnyOrderTest {

    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");
    private static final String SLEEP_ID = "ecfc6a15-4661-442f-a9a4-f160dd7afae8";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Jdbi JDBI = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
    private static final WhoopStore STORE = new WhoopStore(JDBI, Samples.vault(JDBI));

    private static final String HELD = """
            select concat_ws(' ', 'sleep', updated_at, respiratory_rate, archive_hash)
            from whoop_sleep where user_id = :who
            union
            select concat_ws(' ', 'recovery', updated_at, recovery_score, archive_hash)
            from whoop_recovery where user_id = :who""";
    private static final String REPLACED =
            HELD.replace("whoop_sleep", "whoop_sleep_history").replace("whoop_recovery", "whoop_recovery_history");

    /** Something WHOOP tells us: a version of the sleep or of its recovery, or the deletion of one of them. */
    record Event(Kind kind, int change, int content, int moment) {
        enum Kind {
            SLEEP,
            RECOVERY,
            SLEEP_DELETED,
            RECOVERY_DELETED
        }
    }

    @Property(tries = 60)
    void anyOrderAndRepetitionEndsInTheSameState(@ForAll("tellings") Telling telling) {
        UserId first = tell(telling.events());
        UserId second = tell(telling.shuffledAndRepeated());

        assertThat(stateOf(second)).isEqualTo(stateOf(first));
    }

    @Property(tries = 60)
    void aNewerVersionNeverLosesTheOneBefore(@ForAll("tellings") Telling telling) {
        UserId who = somebody();
        Set<String> everHeld = new TreeSet<>();
        Set<String> told = new TreeSet<>();
        for (Event event : telling.shuffledAndRepeated()) {
            tell(who, event);
            everHeld.addAll(lines(HELD, who));
            if (event.kind() == Event.Kind.SLEEP || event.kind() == Event.Kind.RECOVERY) {
                told.add(event.kind() + " " + event.change() + " " + event.content());
            }
        }

        assertThat(lines(HELD + " union " + REPLACED, who)).containsAll(everHeld);
        assertThat(lines("select cast(hash as text) from whoop_archive where user_id = :who", who))
                .as("payloads, also of versions older than the one held")
                .hasSameSizeAs(told);
    }

    record Telling(List<Event> events, List<Event> shuffledAndRepeated) {}

    @Provide
    Arbitrary<Telling> tellings() {
        Arbitrary<Event> event = Combinators.combine(
                        Arbitraries.of(Event.Kind.class),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 4))
                .as(Event::new);
        return event.list()
                .ofMinSize(1)
                .ofMaxSize(6)
                .flatMap(events -> Arbitraries.of(events).list().ofMaxSize(3).flatMap(repeated -> {
                    List<Event> all = new ArrayList<>(events);
                    all.addAll(repeated);
                    return Arbitraries.shuffle(all).map(shuffled -> new Telling(events, shuffled));
                }));
    }

    private static UserId tell(List<Event> events) {
        UserId who = somebody();
        events.forEach(event -> tell(who, event));
        return who;
    }

    private static void tell(UserId who, Event event) {
        Instant moment = T0.plusSeconds(event.moment());
        String updatedAt = T0.minusSeconds(100).plusSeconds(event.change()).toString();
        BigDecimal content = BigDecimal.valueOf(10 + event.content());
        switch (event.kind()) {
            case SLEEP ->
                STORE.save(
                        RecordKind.SLEEP,
                        who,
                        List.of(sample(
                                "sleep-scored",
                                Sleep.class,
                                tree -> tree.put("updated_at", updatedAt)
                                        .withObject("/score")
                                        .put("respiratory_rate", content))),
                        moment,
                        T0);
            case RECOVERY ->
                STORE.save(
                        RecordKind.RECOVERY,
                        who,
                        List.of(sample(
                                "recovery-scored",
                                Recovery.class,
                                tree -> tree.put("updated_at", updatedAt)
                                        .put("sleep_id", SLEEP_ID)
                                        .withObject("/score")
                                        .put("recovery_score", content))),
                        moment,
                        T0);
            case SLEEP_DELETED -> STORE.delete(RecordKind.SLEEP, who, SLEEP_ID, moment, T0);
            case RECOVERY_DELETED -> STORE.delete(RecordKind.RECOVERY, who, SLEEP_ID, moment, T0);
        }
    }

    private static List<String> stateOf(UserId who) {
        return JDBI.withHandle(handle -> handle.createQuery("""
                        select concat_ws(' ', 'sleep', updated_at, respiratory_rate, fetch_begun_at,
                                last_fetch_begun_at, deleted_at, archive_hash)
                        from whoop_sleep where user_id = :who
                        union all
                        select concat_ws(' ', 'recovery', updated_at, recovery_score, fetch_begun_at,
                                last_fetch_begun_at, deleted_at, archive_hash)
                        from whoop_recovery where user_id = :who
                        order by 1""")
                .bind("who", who.value())
                .mapTo(String.class)
                .list());
    }

    private static UserId somebody() {
        return new UserId("any-order-" + COUNT.incrementAndGet());
    }

    private static List<String> lines(String sql, UserId who) {
        return JDBI.withHandle(handle -> handle.createQuery(sql)
                .bind("who", who.value())
                .mapTo(String.class)
                .list());
    }
}
