package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The ledger of each member, made when first needed. */
final class Ledgers {
    private final World world;
    private final Scoring scoring;
    private final Map<Long, Ledger> byMember = new ConcurrentHashMap<>();

    Ledgers(World world, Scoring scoring) {
        this.world = world;
        this.scoring = scoring;
    }

    Ledger of(Person person) {
        return byMember.computeIfAbsent(
                person.whoopUserId(), id -> new Ledger(person, world.options().start(), scoring));
    }

    Optional<UUID> ofOldId(long oldId, Instant now) {
        return world.people().stream()
                .filter(person -> person.membership().hasWhoopAccount())
                .filter(person -> new Ids(person).dayOfOldId(oldId).isPresent())
                .findFirst()
                .flatMap(person -> of(person).ofOldId(oldId, now));
    }
}
