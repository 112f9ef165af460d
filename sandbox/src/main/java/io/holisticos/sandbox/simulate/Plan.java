package io.holisticos.sandbox.simulate;

import io.holisticos.twins.whoop.EditKind;
import io.holisticos.twins.world.Dice;
import io.holisticos.twins.world.Person;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What members do to their records and to their connection, as the seed decides it. */
final class Plan {

    /** One in two thousand member-days; every other one of them thinks better of it. */
    private static final double REVOCATIONS = 0.0005;

    /** Most edits concern the latest record. */
    private static final double LATEST = 0.7;

    /** Others one of these many before it: what lies within the newest 25 of a list even with a nap a day. */
    private static final int OLDEST = 12;

    private static final List<EditKind> EDITS = List.of(
            EditKind.EDIT_SLEEP,
            EditKind.EDIT_SLEEP,
            EditKind.RESCORE,
            EditKind.ADD_WORKOUT,
            EditKind.ADD_WORKOUT,
            EditKind.DELETE_WORKOUT,
            EditKind.DELETE_SLEEP);

    private final Town town;
    private final Consent consent;
    private final Tally tally;
    private final Set<String> gone = new TreeSet<>();
    private final Set<String> everGone = new TreeSet<>();
    private final Map<EditKind, Integer> done = new TreeMap<>();
    private int reconnected;

    Plan(Town town, Consent consent, Tally tally) {
        this.town = town;
        this.consent = consent;
        this.tally = tally;
    }

    /** Puts everything of the counted days into the script. */
    void write(Driver driver, Scenario scenario, Instant from) {
        Dice dice = Dice.of(scenario.seed()).at("plan", 0);
        List<Person> members = town.members();
        for (int member = 0; member < members.size(); member++) {
            Person person = members.get(member);
            boolean leaves = false;
            for (int day = 0; day < scenario.days(); day++) {
                Dice chance = dice.at("day", day * 100_000L + member);
                Instant moment = from.plus(Duration.ofDays(day)).plusSeconds(chance.whole(0, 86_399));
                if (chance.chance(scenario.odds().edits())) {
                    EditKind kind = EDITS.get(chance.whole(0, EDITS.size() - 1));
                    int older = chance.chance(LATEST) ? 0 : chance.whole(1, OLDEST);
                    driver.at(moment, () -> edit(person, kind, older));
                }
                if (!leaves && chance.chance(REVOCATIONS)) {
                    leaves = true;
                    Instant back = moment.plus(Duration.ofHours(chance.whole(20, 70)));
                    boolean comesBack =
                            chance.chance(0.5) && back.isBefore(from.plus(Duration.ofDays(scenario.days())));
                    driver.at(moment, () -> leave(person));
                    if (comesBack) {
                        driver.at(back, () -> comeBack(driver, person, back));
                    }
                }
            }
        }
    }

    /** Members who revoked and did not come back. */
    Set<String> gone() {
        return Set.copyOf(gone);
    }

    /** Members who ever revoked. */
    Set<String> everGone() {
        return Set.copyOf(everGone);
    }

    /** What was done, in words. */
    String summary() {
        List<String> parts = new ArrayList<>();
        done.forEach((kind, count) -> parts.add(count + " " + kind.word()));
        parts.add(reconnected + " reconnect");
        return String.join(", ", parts);
    }

    private void edit(Person person, EditKind kind, int older) {
        if (town.whoop().edit(person.userId(), kind, older).isPresent()) {
            done.merge(kind, 1, Integer::sum);
        }
    }

    private void leave(Person person) {
        town.whoop().revokeGrant(person.userId());
        gone.add(person.userId());
        everGone.add(person.userId());
        tally.left(person, town.clock().instant());
        done.merge(EditKind.REVOKE, 1, Integer::sum);
    }

    private void comeBack(Driver driver, Person person, Instant moment) {
        if (consent.connect(person)) {
            gone.remove(person.userId());
            reconnected++;
        } else {
            Instant later = moment.plus(Duration.ofMinutes(5));
            driver.at(later, () -> comeBack(driver, person, later));
        }
    }
}
