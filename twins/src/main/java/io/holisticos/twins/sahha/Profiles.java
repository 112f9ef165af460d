package io.holisticos.twins.sahha;

import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The account's profiles: the members of the world, and profiles registered later. */
final class Profiles {
    private static final Duration BACKFILL = Duration.ofDays(14); // "history of about 14 days appears at once"

    private final World world;
    private final Duration silence;
    private final Map<String, Profile> byExternalId = new ConcurrentHashMap<>();
    private final Map<String, String> externalIdByProfileId = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();

    Profiles(World world, Duration silence) {
        this.world = world;
        this.silence = silence;
        world.people().stream()
                .filter(person -> person.membership().hasSahhaProfile())
                .map(this::original)
                .forEach(this::add);
    }

    private Profile original(Person person) {
        Instant since = person.membership().since();
        Instant start = world.options().start();
        Instant backfilled = since.plus(BACKFILL);
        Instant firstData = backfilled.isBefore(start) ? backfilled : since;
        var member = new Member(person, world.options().seed(), person.dateAt(since), firstData);
        return new Profile(person.userId(), person.identity().sahhaProfileId(), firstData.minusSeconds(180), member);
    }

    private void add(Profile profile) {
        byExternalId.put(profile.externalId(), profile);
        externalIdByProfileId.put(profile.profileId(), profile.externalId());
    }

    /** Registers a profile; empty when the external id is in use. A person of the world gets data some hours later. */
    synchronized Optional<Profile> register(String externalId, Instant now) {
        if (byExternalId.containsKey(externalId)) {
            return Optional.empty();
        }
        var profile = world.byUserId(externalId)
                .map(person -> registeredLater(person, now))
                .orElseGet(() -> new Profile(externalId, uuid(externalId), now, null));
        add(profile);
        deleted.remove(externalId);
        return Optional.of(profile);
    }

    private Profile registeredLater(Person person, Instant now) {
        Instant firstData = now.plus(silence);
        var firstDay = person.dateAt(firstData).minusDays(BACKFILL.toDays() - 1);
        var member = new Member(person, world.options().seed(), firstDay, firstData);
        return new Profile(person.userId(), person.identity().sahhaProfileId(), now, member);
    }

    private String uuid(String externalId) {
        return SeededValues.uuid(world.options().seed() + "|profile|" + externalId)
                .toString();
    }

    /** The profile with this external id, or with this id of Sahha's own, as was seen to work. */
    Optional<Profile> find(String id) {
        var direct = byExternalId.get(id);
        if (direct != null) {
            return Optional.of(direct);
        }
        var externalId = externalIdByProfileId.get(id);
        return externalId == null ? Optional.empty() : Optional.ofNullable(byExternalId.get(externalId));
    }

    synchronized void delete(String externalId) {
        var profile = byExternalId.remove(externalId);
        if (profile != null) {
            externalIdByProfileId.remove(profile.profileId());
            deleted.add(externalId);
        }
    }

    boolean wasDeleted(String externalId) {
        return deleted.contains(externalId);
    }

    /** All profiles in the order of their external ids. */
    List<Profile> all() {
        return byExternalId.values().stream()
                .sorted(Comparator.comparing(Profile::externalId))
                .toList();
    }
}
