package io.holisticos.twins.world;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The people of the sandbox, the tests and the simulations, and through them everything that happens.
 *
 * <p>The named ones: {@code demo-anna} has WHOOP and Sahha, and Sahha has her sleep from WHOOP; {@code demo-ben}
 * has both accounts but WHOOP waits for consent; {@code demo-chen} needs a new consent; {@code demo-dina} crosses the
 * date line both ways and a clock change; {@code demo-eve} has only WHOOP and joined three days ago. Consent
 * is not part of the world. Of the extra people, {@code demo-0002} has WHOOP connected to Sahha itself, and
 * {@code demo-0004} wears an independent tracker beside the strap. All but dina live where it is noon to one o'clock at the start, so that the night is over.
 */
public final class World {
    private static final Duration HISTORY = Duration.ofDays(60);
    private static final long FIRST_WHOOP_USER = 2_104_017;
    private static final int TRAVELLED_DAYS = 180;
    private static final int MOST_SECONDS = 14 * 3_600; // no offset on Earth is further from UTC
    private static final int WITH_WHOOP_INTEGRATION = 2; // demo-0002
    private static final int WITH_TRACKER = 4; // demo-0004
    private static final int IRREGULAR = 3; // among people in a shared rhythm, each third has odd days
    private static final int NIGHT_FLYERS = 6; // and each sixth, who is none of them, flies by night
    private static final int NEIGHBOURS = 20; // extra people at the named ones' offset; the others live elsewhere
    private static final List<String> OFFSETS = List.of(
            "-08:00", "-07:00", "-06:00", "-05:00", "-05:00", "-03:00", "Z", "Z", "+01:00", "+01:00", "+02:00",
            "+03:00", "+05:30", "+08:00", "+09:00", "+10:00");
    private static final List<String> FIRST_NAMES = List.of(
            "Ada", "Bruno", "Carla", "Deniz", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jonas", "Kaia", "Liam", "Maja",
            "Noor", "Otto", "Pia", "Quinn", "Rosa", "Sven", "Tara", "Uma", "Vito", "Wanda", "Yara", "Zoe");
    private static final List<String> LAST_NAMES = List.of(
            "Abel", "Berg", "Costa", "Dahl", "Egger", "Frank", "Gruber", "Hansen", "Ito", "Jensen", "Keller", "Lind",
            "Moreau", "Novak", "Okafor", "Park", "Rossi", "Silva", "Tanaka", "Weber");

    private final WorldOptions options;
    private final List<Person> people;
    private final Map<String, Person> byUserId;
    private final Map<Long, Person> byWhoopUserId;

    private World(WorldOptions options) {
        this.options = options;
        this.people = List.copyOf(populate());
        this.byUserId = people.stream().collect(Collectors.toUnmodifiableMap(Person::userId, Function.identity()));
        this.byWhoopUserId = people.stream()
                .filter(person -> person.membership().hasWhoopAccount())
                .collect(Collectors.toUnmodifiableMap(Person::whoopUserId, Function.identity()));
    }

    /** The world of these options. Facts are made when first needed. */
    public static World of(WorldOptions options) {
        return new World(options);
    }

    /** What this world was made from. */
    public WorldOptions options() {
        return options;
    }

    /** Everyone: the five named people, then the extra ones in order. */
    public List<Person> people() {
        return people;
    }

    /** The person with that id of the application. */
    public Optional<Person> byUserId(String userId) {
        return Optional.ofNullable(byUserId.get(userId));
    }

    /** The person with that WHOOP account. */
    public Optional<Person> byWhoopUserId(long whoopUserId) {
        return Optional.ofNullable(byWhoopUserId.get(whoopUserId));
    }

    private List<Person> populate() {
        List<Person> everyone = new ArrayList<>();
        Journey home = Journey.at(homeOffset());
        everyone.add(named(0, "demo-anna", "Anna", home, joined(home, HISTORY, true, true, SahhaFeed.HEALTH_STORE)));
        everyone.add(named(1, "demo-ben", "Ben", home, joined(home, HISTORY, true, true, SahhaFeed.OWN_DEVICES)));
        everyone.add(named(2, "demo-chen", "Chen", home, joined(home, HISTORY, true, true, SahhaFeed.OWN_DEVICES)));
        Journey travels = travels();
        everyone.add(
                named(3, "demo-dina", "Dina", travels, joined(travels, HISTORY, true, true, SahhaFeed.OWN_DEVICES)));
        everyone.add(named(
                4, "demo-eve", "Eve", home, joined(home, Duration.ofDays(3), true, false, SahhaFeed.OWN_DEVICES)));
        for (int extra = 1; extra <= options.extraUsers(); extra++) {
            everyone.add(extra(extra, home));
        }
        return everyone;
    }

    private Person named(int number, String userId, String firstName, Journey journey, Membership membership) {
        String lastName = "Sample";
        boolean oldStrap = userId.equals("demo-dina");
        boolean bodyMeasured = !userId.equals("demo-chen");
        return new Person(
                identity(number, userId, firstName, lastName),
                traits(number),
                new Membership(
                        membership.since(),
                        membership.hasWhoopAccount(),
                        membership.hasSahhaProfile(),
                        membership.sahhaFeed(),
                        oldStrap,
                        bodyMeasured),
                journey,
                options);
    }

    private Person extra(int extra, Journey home) {
        int number = 4 + extra;
        Dice chance = Dice.of(options.seed()).at("extra", extra);
        String firstName = FIRST_NAMES.get(chance.whole(0, FIRST_NAMES.size() - 1));
        String lastName = LAST_NAMES.get(chance.whole(0, LAST_NAMES.size() - 1));
        ZoneOffset elsewhere = ZoneOffset.of(OFFSETS.get(chance.whole(0, OFFSETS.size() - 1)));
        Journey journey = extra <= NEIGHBOURS ? home : Journey.at(elsewhere);
        Traits traits = traits(number);
        Life.Rhythm rhythm = options.life().rhythm();
        if (rhythm != null) {
            journey = chance.chance(rhythm.travellers()) ? trips(home, chance) : home;
            double spread = rhythm.wakeSpread().toMinutes() - 2 * rhythm.stray();
            int wakeMinute = (int) (rhythm.wakeFrom() + rhythm.stray() + chance.between(0, spread));
            traits = traits.in(rhythm, wakeMinute, extra % IRREGULAR == 1);
            journey = extra % NIGHT_FLYERS == 2 ? flightsByNight(home, chance) : journey;
        }
        Instant since = joined(journey, options.life().history(), true, true, SahhaFeed.OWN_DEVICES)
                .since();
        boolean sahha = rhythm == null;
        SahhaFeed feed = sahha ? feed(extra, chance) : SahhaFeed.OWN_DEVICES;
        Membership membership = new Membership(since, true, sahha, feed, extra % 10 == 3, extra % 10 != 7);
        String userId = "demo-%04d".formatted(extra);
        return new Person(identity(number, userId, firstName, lastName), traits, membership, journey, options);
    }

    /** Among the first extra people is one of each kind that the named ones lack. */
    private static SahhaFeed feed(int extra, Dice chance) {
        boolean echo = chance.chance(0.3);
        return switch (extra) {
            case WITH_WHOOP_INTEGRATION -> SahhaFeed.WHOOP_INTEGRATION;
            case WITH_TRACKER -> SahhaFeed.TRACKER;
            default -> echo ? SahhaFeed.HEALTH_STORE : SahhaFeed.OWN_DEVICES;
        };
    }

    /** A journey of a few days every few weeks, for half a year. */
    private Journey trips(Journey home, Dice chance) {
        ZoneOffset athome = home.offsetAt(options.start());
        Journey journey = home;
        Instant noon = options.start().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(12));
        for (int day = chance.whole(1, 20); day < TRAVELLED_DAYS; day += chance.whole(10, 25)) {
            int away = chance.whole(2, 6);
            int abroad = athome.getTotalSeconds() + 1_800 * chance.whole(2, 18) * (chance.chance(0.5) ? 1 : -1);
            int wrapped = abroad > MOST_SECONDS ? abroad - 86_400 : abroad < -MOST_SECONDS ? abroad + 86_400 : abroad;
            journey = journey.then(noon.plus(Duration.ofDays(day)), ZoneOffset.ofTotalSeconds(wrapped))
                    .then(noon.plus(Duration.ofDays(day + away)), athome);
            day += away;
        }
        return journey;
    }

    /** Flights eastward every few days, asleep on the way there and back: one wakes up on another date than one left on. */
    private Journey flightsByNight(Journey home, Dice chance) {
        ZoneOffset athome = home.offsetAt(options.start());
        Journey journey = home;
        Instant noon = options.start().truncatedTo(ChronoUnit.HOURS); // where they live
        for (int day = chance.whole(1, 4); day < TRAVELLED_DAYS; day += chance.whole(3, 5)) {
            int away = chance.whole(1, 3);
            int abroad = athome.getTotalSeconds() + 1_800 * chance.whole(18, 22);
            ZoneOffset offset = ZoneOffset.ofTotalSeconds(abroad > MOST_SECONDS ? abroad - 86_400 : abroad);
            Instant back = noon.plus(Duration.ofDays(day + away)).plus(Duration.ofHours(15));
            journey = journey.then(noon.plus(Duration.ofDays(day)).plus(Duration.ofHours(5)), offset)
                    .then(back, athome);
            day += away;
        }
        return journey;
    }

    private Membership joined(Journey journey, Duration ago, boolean whoop, boolean sahha, SahhaFeed feed) {
        // noon of that day by the body's clock, so that the next night is the first one
        long day = journey.bodyDay(options.start().minus(ago));
        Instant since = journey.bodyTime(Duration.ofDays(day).plusHours(12));
        return new Membership(since, whoop, sahha, feed, false, true);
    }

    private Identity identity(int number, String userId, String firstName, String lastName) {
        return new Identity(
                number,
                userId,
                FIRST_WHOOP_USER + 37L * number,
                firstName,
                lastName,
                userId + "@example.com",
                uuid("profile " + userId),
                uuid("account"));
    }

    private String uuid(String name) {
        String seeded = options.seed() + " " + name;
        return UUID.nameUUIDFromBytes(seeded.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private Traits traits(int number) {
        Dice chance = Dice.of(options.seed()).at("traits", number);
        double fitness = chance.between(0.15, 0.95);
        boolean female = chance.chance(0.5);
        int age = chance.whole(22, 61);
        double height = (female ? 1.67 : 1.80) + 0.07 * chance.bell();
        return new Traits(
                68 - 18 * fitness + 2.5 * chance.bell(),
                (34 + 60 * fitness) * (1.35 - age / 120.0) * chance.between(0.85, 1.15),
                fitness,
                208 - (int) (0.7 * age) + chance.whole(-4, 6),
                height,
                height * height * chance.between(20.5, 26.5),
                Duration.ofMinutes(chance.whole(440, 500)),
                420 + chance.whole(-45, 45),
                options.start().atOffset(ZoneOffset.UTC).getYear() - age,
                female ? "female" : "male",
                null,
                false);
    }

    /** The whole hour where it is noon to one o'clock at the start. */
    private ZoneOffset homeOffset() {
        return ZoneOffset.ofHours(12 - options.start().atOffset(ZoneOffset.UTC).getHour());
    }

    /** East over the date line, on to the mainland, through a clock change and back west; one flight is to come. */
    private Journey travels() {
        Instant today = options.start().truncatedTo(ChronoUnit.DAYS);
        return Journey.at(ZoneOffset.ofHours(13))
                .then(today.minus(Duration.ofDays(20)).plus(Duration.ofHours(1)), ZoneOffset.ofHours(-10))
                .then(today.minus(Duration.ofDays(12)).plus(Duration.ofHours(22)), ZoneOffset.ofHours(-8))
                .then(today.minus(Duration.ofDays(8)).plus(Duration.ofHours(10)), ZoneOffset.ofHours(-7))
                .then(today.minus(Duration.ofDays(4)).plus(Duration.ofHours(20)), ZoneOffset.ofHours(12))
                .then(today.plus(Duration.ofDays(10)).plus(Duration.ofHours(14)), ZoneOffset.ofHours(13));
    }
}
