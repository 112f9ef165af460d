package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.twins.world.SahhaFeed;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the account knows about its profiles apart from their data. */
final class Directory {
    static final String DEVICE = "iPhone15,2";
    private static final String WHOOP =
            "whoop"; // the slug of Sahha's own integration (Sahha documentation, read 2026-11)
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final String accountId;

    Directory(String accountId) {
        this.accountId = accountId;
    }

    /** The full profile. */
    ObjectNode profile(Profile profile, Instant now) {
        var node = JSON.objectNode()
                .put("profileId", profile.profileId())
                .put("accountId", accountId)
                .put("externalId", profile.externalId());
        device(node, profile, now);
        node.put("createdAtUtc", SahhaFormat.utc(profile.createdAt())).put("isSampleProfile", profile.isSample());
        var sources = node.putArray("dataSources");
        if (hasPhone(profile)) {
            sources.addObject().put("sourceName", source(profile)).put("deviceType", DEVICE);
        }
        return node;
    }

    private static void device(ObjectNode node, Profile profile, Instant now) {
        if (hasPhone(profile)) {
            node.put("sdkId", "ios_swift").put("sdkVersion", "1.1.5").put("deviceType", DEVICE);
        } else {
            node.putNull("sdkId").putNull("sdkVersion").putNull("deviceType");
        }
        var member = profile.member();
        Optional<String> received = member == null || !hasPhone(profile)
                ? Optional.empty()
                : member.lastReceived(now).map(SahhaFormat::utc);
        node.put("dataLastReceivedAtUtc", received.orElse(null));
    }

    /** Whether a phone feeds this profile. */
    private static boolean hasPhone(Profile profile) {
        return profile.member() != null && !profile.isSample();
    }

    /** What Sahha calls the source of the profile's nights: an app of the phone's health store, or an integration. */
    static String source(Profile profile) {
        var member = profile.member();
        return member == null
                ? "com.apple.health"
                : switch (member.feed()) {
                    case HEALTH_STORE -> "com.whoop.iphone";
                    case WHOOP_INTEGRATION -> WHOOP;
                    case TRACKER -> "com.example.tracker";
                    case OWN_DEVICES -> "com.apple.health";
                };
    }

    /** A page of the profiles whose external id contains the words; pages count from 1, and page 0 is the first too. */
    ObjectNode search(List<Profile> profiles, String words, int currentPage, int pageSize, Instant now) {
        var found = profiles.stream()
                .filter(profile ->
                        profile.externalId().toLowerCase(Locale.ROOT).contains(words.toLowerCase(Locale.ROOT)))
                .toList();
        var node = JSON.objectNode();
        var page = node.putArray("items");
        found.stream()
                .skip((long) Math.max(0, currentPage - 1) * pageSize)
                .limit(pageSize)
                .map(profile -> profile(profile, now).<ObjectNode>without("dataSources"))
                .forEach(page::add);
        return node.put("currentPage", currentPage)
                .put("totalPages", (found.size() + pageSize - 1) / pageSize)
                .put("pageSize", pageSize)
                .put("totalCount", found.size());
    }

    /** Age, gender and the like; empty when never set. */
    Optional<ObjectNode> demographic(Profile profile, Instant now) {
        var member = profile.member();
        if (member == null || profile.isSample()) {
            return Optional.empty();
        }
        var traits = member.traits();
        var birthday = LocalDate.of(traits.birthYear(), 1, 15);
        var node = JSON.objectNode()
                .put("age", Period.between(birthday, member.today(now)).getYears())
                .put("gender", traits.gender().equals("female") ? "Female" : "Male")
                .putNull("country")
                .putNull("birthCountry")
                .put("birthDate", birthday.toString());
        for (String unset : List.of(
                "ethnicity",
                "occupation",
                "industry",
                "incomeRange",
                "education",
                "relationship",
                "locale",
                "livingArrangement")) {
            node.putNull(unset);
        }
        return Optional.of(node);
    }

    /** The phone and its time zone; empty when no phone ever reported. */
    Optional<ObjectNode> deviceInformation(Profile profile, Instant now) {
        var member = profile.member();
        if (member == null || profile.isSample() || !member.hasData(now)) {
            return Optional.empty();
        }
        ZoneOffset offset = member.offsetAt(now);
        return Optional.of(JSON.objectNode()
                .put("sdkId", "ios_swift")
                .put("sdkVersion", "1.1.5")
                .put("appId", "com.example.synthetic")
                .put("appVersion", "1.0.0")
                .put(
                        "deviceId",
                        SeededValues.uuid(profile.profileId() + "|device").toString())
                .put("deviceType", "phone")
                .put("deviceModel", DEVICE)
                .put("system", "iOS")
                .put("systemVersion", "18.0")
                .put("timeZone", offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId()));
    }

    /** The profile's accounts at device makers; most profiles have none. */
    List<ObjectNode> integrations(Profile profile) {
        var member = profile.member();
        if (member == null || profile.isSample()) {
            return List.of();
        }
        boolean whoop = member.feed() == SahhaFeed.WHOOP_INTEGRATION;
        if (!whoop && member.unit("garmin") >= 0.15) {
            return List.of();
        }
        String type = whoop ? WHOOP : "garmin";
        var node = JSON.objectNode()
                .put("integrationType", type)
                .put("integrationIdentifier", type + "-" + profile.externalId());
        node.putObject("integrationValues");
        return List.of(node);
    }
}
