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

/** The edits, revocations and new consents of members, as the seed decides them. */
final class MemberActions {

    /** The share of member-days with a revocation. Half of these members consent again later. */
    private static final double REVOCATIONS = 0.0005;

    /** The share of edits that concern the latest record. */
    private static final double LATEST = 0.7;

    /** Other edits concern one of so many records before it, all of which are on the first page of a collection. */
    private static final int OLDEST = 12;

    private static final List<EditKind> EDITS = List.of(
            EditKind.EDIT_SLEEP,
            EditKind.EDIT_SLEEP,
            EditKind.RESCORE,
            EditKind.ADD_WORKOUT,
            EditKind.ADD_WORKOUT,
            EditKind.DELETE_WORKOUT,
            EditKind.DELETE_SLEEP);

    private final SimulatedDeployment deployment;
    private final Consent consent;
    private final CallCounter calls;
    private final Set<String> revoked = new TreeSet<>();
    private final Set<String> everRevoked = new TreeSet<>();
    private final Map<EditKind, Integer> done = new TreeMap<>();
    private int reconnections;

    MemberActions(SimulatedDeployment deployment, Consent consent, CallCounter calls) {
        this.deployment = deployment;
        this.consent = consent;
        this.calls = calls;
    }

    /** Plans all actions of the counted days. */
    void plan(ClockDriver driver, Scenario scenario, Instant from) {
        Dice dice = Dice.of(scenario.seed()).at("plan", 0);
        List<Person> members = deployment.members();
        for (int member = 0; member < members.size(); member++) {
            Person person = members.get(member);
            boolean revokes = false;
            for (int day = 0; day < scenario.days(); day++) {
                Dice chance = dice.at("day", day * 100_000L + member);
                Instant moment = from.plus(Duration.ofDays(day)).plusSeconds(chance.whole(0, 86_399));
                if (chance.chance(scenario.rates().edits())) {
                    EditKind kind = EDITS.get(chance.whole(0, EDITS.size() - 1));
                    int older = chance.chance(LATEST) ? 0 : chance.whole(1, OLDEST);
                    driver.at(moment, () -> edit(person, kind, older));
                }
                if (!revokes && chance.chance(REVOCATIONS)) {
                    revokes = true;
                    Instant again = moment.plus(Duration.ofHours(chance.whole(20, 70)));
                    boolean reconnects =
                            chance.chance(0.5) && again.isBefore(from.plus(Duration.ofDays(scenario.days())));
                    driver.at(moment, () -> revoke(person));
                    if (reconnects) {
                        driver.at(again, () -> reconnect(driver, person, again));
                    }
                }
            }
        }
    }

    /** Members who revoked and have not consented again. */
    Set<String> revoked() {
        return Set.copyOf(revoked);
    }

    /** Members who revoked at any time. */
    Set<String> everRevoked() {
        return Set.copyOf(everRevoked);
    }

    /** What members did, in words. */
    String summary() {
        List<String> parts = new ArrayList<>();
        done.forEach((kind, count) -> parts.add(count + " " + kind.word()));
        parts.add(reconnections + " reconnect");
        return String.join(", ", parts);
    }

    private void edit(Person person, EditKind kind, int older) {
        if (deployment.whoop().edit(person.userId(), kind, older).isPresent()) {
            done.merge(kind, 1, Integer::sum);
        }
    }

    private void revoke(Person person) {
        deployment.whoop().revokeGrant(person.userId());
        revoked.add(person.userId());
        everRevoked.add(person.userId());
        calls.revoked(person, deployment.clock().instant());
        done.merge(EditKind.REVOKE, 1, Integer::sum);
    }

    private void reconnect(ClockDriver driver, Person person, Instant moment) {
        if (consent.connect(person)) {
            revoked.remove(person.userId());
            reconnections++;
        } else {
            Instant later = moment.plus(Duration.ofMinutes(5));
            driver.at(later, () -> reconnect(driver, person, later));
        }
    }
}
