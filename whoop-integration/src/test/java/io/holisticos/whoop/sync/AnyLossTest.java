package io.holisticos.whoop.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.health.UserId;
import io.holisticos.twins.whoop.EditKind;
import io.holisticos.twins.world.Person;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Days of members of all offsets, whose events come in any order, any number of times, or not at all: after two nights
 * without new ones the store holds what WHOOP holds.
 */
class AnyLossTest {

    private static final Duration STEP = Duration.ofMinutes(10);

    @Test
    void endsInTheTruth() {
        live(1, 5, Duration.ofDays(2));
    }

    @Test
    @Tag("deep")
    void endsInTheTruthForManyAndLong() {
        for (long seed = 2; seed < 8; seed++) {
            live(seed, 20, Duration.ofDays(6));
        }
    }

    /** An event on its way. */
    private record Delivery(Instant at, UserId who, RecordCollection collection, UUID record, Happened happened) {}

    private static void live(long seed, int members, Duration span) {
        Random dice = new Random(seed);
        try (SyncBed bed = new SyncBed()) {
            List<UserId> all = bed.world.people().stream()
                    .filter(person -> person.membership().hasWhoopAccount())
                    .map(Person::userId)
                    .map(UserId::new)
                    .limit(members)
                    .toList();
            for (UserId who : all) {
                bed.connect(who);
                bed.requests.firstSync(who);
            }
            bed.work();
            bed.twin.pump();
            bed.heard.clear();
            List<Delivery> underWay = new ArrayList<>();
            for (Instant end = bed.clock.instant().plus(span);
                    bed.clock.instant().isBefore(end); ) {
                bed.pass(STEP);
                if (dice.nextInt(20) == 0) {
                    edit(bed, all.get(dice.nextInt(all.size())), dice);
                }
                bed.twin.pump();
                for (JsonNode event : bed.heard) {
                    post(bed, event, underWay, dice);
                }
                bed.heard.clear();
                underWay.sort(Comparator.comparing(Delivery::at));
                while (!underWay.isEmpty() && !underWay.get(0).at().isAfter(bed.clock.instant())) {
                    Delivery due = underWay.remove(0);
                    bed.tell(due.who(), due.collection(), due.record(), due.happened());
                }
            }

            Instant silence = bed.clock.instant();
            bed.pass(Duration.ofHours(50)); // of which no event tells

            for (UserId who : all) {
                assertThat(bed.openChanges(who)).as("open changes of %s", who).isZero();
                bed.assertHoldsWhatWasSoAt(who, silence);
            }
        }
    }

    private static void edit(SyncBed bed, UserId who, Random dice) {
        EditKind[] kinds = {
            EditKind.RESCORE, EditKind.EDIT_SLEEP, EditKind.DELETE_SLEEP, EditKind.ADD_WORKOUT, EditKind.DELETE_WORKOUT
        };
        bed.twin.edit(who.value(), kinds[dice.nextInt(kinds.length)]);
    }

    /** A fifth is lost, a fifth comes twice, and a fifth up to an hour late. */
    private static void post(SyncBed bed, JsonNode event, List<Delivery> underWay, Random dice) {
        int fate = dice.nextInt(5);
        if (fate == 0) {
            return;
        }
        UserId who = bed.world
                .byWhoopUserId(event.path("user_id").asLong())
                .map(person -> new UserId(person.userId()))
                .orElseThrow();
        String[] type = event.path("type").asText().split("\\.", -1);
        Instant now = bed.clock.instant();
        Instant at = fate == 1 ? now.plus(Duration.ofMinutes(dice.nextInt(60))) : now;
        Delivery delivery = new Delivery(
                at,
                who,
                RecordCollection.of(type[0]),
                UUID.fromString(event.path("id").asText()),
                Happened.of(type[1]));
        underWay.add(delivery);
        if (fate == 2) {
            Instant again = now.plus(Duration.ofMinutes(dice.nextInt(60)));
            underWay.add(new Delivery(again, who, delivery.collection(), delivery.record(), delivery.happened()));
        }
    }
}
