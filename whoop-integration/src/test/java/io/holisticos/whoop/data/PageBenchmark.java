package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;

import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Sleep;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a page of sleeps takes to save: new, unchanged, and with one record changed. */
@Tag("bench")
class PageBenchmark {

    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");
    private static final int PAGE = 25;
    private static final int MEMBERS = 40;
    private static final int ROUNDS = 25;

    @Test
    void printsMillisecondsPerPage() {
        Jdbi jdbi = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        WhoopStore store = new WhoopStore(jdbi, Samples.vault(jdbi));
        for (int pass = 0; pass < 2; pass++) { // the first pass warms up
            List<UserId> members = new ArrayList<>();
            for (int member = 0; member < MEMBERS; member++) {
                members.add(new UserId("page-" + pass + "-" + member));
            }
            long began = System.nanoTime();
            members.forEach(who -> save(store, who, page(0, 0), 0));
            print("new", MEMBERS, began);
            List<Fetched<Sleep>> same = page(0, 0);
            began = System.nanoTime();
            for (int round = 1; round <= ROUNDS; round++) {
                for (UserId who : members) {
                    save(store, who, same, round);
                }
            }
            print("unchanged", MEMBERS * ROUNDS, began);
            List<List<Fetched<Sleep>>> changed = new ArrayList<>();
            for (int round = 1; round <= ROUNDS; round++) {
                changed.add(page(1, round));
            }
            began = System.nanoTime();
            for (int round = 1; round <= ROUNDS; round++) {
                for (UserId who : members) {
                    save(store, who, changed.get(round - 1), ROUNDS + round);
                }
            }
            print("one changed", MEMBERS * ROUNDS, began);
        }
    }

    private static void save(WhoopStore store, UserId who, List<Fetched<Sleep>> page, int round) {
        store.save(RecordKind.SLEEP, who, page, T0.plusSeconds(round), T0.plusSeconds(round));
    }

    private static List<Fetched<Sleep>> page(int changed, int round) {
        List<Fetched<Sleep>> page = new ArrayList<>();
        for (int i = 0; i < PAGE; i++) {
            Instant start = T0.minus(Duration.ofDays(i)).minus(Duration.ofHours(12));
            String updatedAt = T0.plusSeconds(i < changed ? round : 0).toString();
            UUID id = new UUID(7, i);
            page.add(sample("sleep-scored", Sleep.class, tree -> tree.put("id", id.toString())
                    .put("updated_at", updatedAt)
                    .put("start", start.toString())
                    .put("end", start.plus(Duration.ofHours(8)).toString())
                    .withObject("/score")
                    .put("respiratory_rate", BigDecimal.valueOf(10 + round))));
        }
        return changed == 0 ? page : mixed(page, changed);
    }

    /** Only the first ones are other than before. */
    private static List<Fetched<Sleep>> mixed(List<Fetched<Sleep>> page, int changed) {
        List<Fetched<Sleep>> mixed = new ArrayList<>(page(0, 0));
        for (int i = 0; i < changed; i++) {
            mixed.set(i, page.get(i));
        }
        return mixed;
    }

    private static void print(String what, int pages, long began) {
        System.out.printf("%s: %.2f ms per page%n", what, (System.nanoTime() - began) / 1e6 / pages);
    }
}
