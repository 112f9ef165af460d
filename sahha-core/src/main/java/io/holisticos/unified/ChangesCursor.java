package io.holisticos.unified;

import io.holisticos.health.Change;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far a caller has read a person's changes: a place in the list of each source, what the merge went by, and what is told once
 * more. Callers get it as a text and give it back as it is.
 *
 * @param basis null before the first reading
 * @param places by source; a source that is missing is read from the oldest change that is kept
 * @param recent changes that were told when other replicas may not have known of them yet
 */
record ChangesCursor(@Nullable MergeBasis basis, Map<SourceName, Place> places, List<Recent> recent) {

    /** Reads everything that is kept. */
    static final ChangesCursor START = new ChangesCursor(null, Map.of(), List.of());

    /** What a text of this version means. Another meaning needs another word here, so that nobody takes one for the other. */
    private static final String MEANING = "changes-2";

    private static final String HASH = "[A-Za-z0-9_-]{16}";
    private static final Pattern SHAPE =
            Pattern.compile("(?<whole>(?<meaning>[a-z]+-\\d+);(?<who>" + HASH + ");(?<rules>" + HASH + ");(?<wishes>"
                    + HASH + ");(?<places>[^;]*);(?<recent>[^;]*));(?<check>" + HASH + ")");
    private static final Pattern PLACE = Pattern.compile("([a-z][a-z0-9_]{0,29})=(-1|\\d{1,18}),(on|off)");

    private static final Pattern RECENT = Pattern.compile("([a-z_]{1,30})(?::([a-z][a-z0-9_]{0,29}))?@(-?\\d{1,15})");

    private static final int LONGEST = 2_000;
    private static final String BEGIN_AGAIN =
            ": ask again without since for all changes that are kept, and read the days anew";

    ChangesCursor {
        places = Map.copyOf(places);
        recent = List.copyOf(recent);
    }

    /**
     * A place in the list of a source.
     *
     * @param revision every change up to it was given to the caller
     * @param on whether the source was switched on for the person
     */
    record Place(long revision, boolean on) {
        static final Place OLDEST_KEPT = new Place(Change.OLDEST_KEPT, true);
    }

    /**
     * A change of every day that is no change of a store.
     *
     * @param source null when it is no source's
     * @param toldAt when it was told first
     */
    record Recent(String reason, @Nullable SourceName source, Instant toldAt) {

        /** Whether what the other one says takes the place of this: the last switch of a source counts. */
        boolean isOfTheSameAs(Recent other) {
            return source == null ? reason.equals(other.reason) : source.equals(other.source);
        }

        @Override
        public String toString() {
            return reason + (source == null ? "" : ":" + source) + "@" + toldAt.toEpochMilli();
        }
    }

    Place placeIn(SourceName source) {
        return places.getOrDefault(source, Place.OLDEST_KEPT);
    }

    /** @throws InvalidRequest when the text is none of ours, or not one of this person */
    static ChangesCursor parse(String text, UserId who) {
        Matcher parts = SHAPE.matcher(decoded(text));
        if (!parts.matches() || !parts.group("check").equals(Fingerprint.of(parts.group("whole")))) {
            throw new InvalidRequest("since is not what next of an earlier answer said" + BEGIN_AGAIN);
        }
        if (!parts.group("meaning").equals(MEANING)) {
            throw new InvalidRequest("since is of another version of this service" + BEGIN_AGAIN);
        }
        if (!parts.group("who").equals(Fingerprint.of(who.value()))) {
            throw new InvalidRequest("since is next of another user's changes" + BEGIN_AGAIN);
        }
        Map<SourceName, Place> places = new HashMap<>();
        Matcher place = PLACE.matcher(parts.group("places"));
        while (place.find()) {
            places.put(
                    new SourceName(place.group(1)),
                    new Place(Long.parseLong(place.group(2)), place.group(3).equals("on")));
        }
        return new ChangesCursor(
                new MergeBasis(parts.group("rules"), parts.group("wishes")), places, recent(parts.group("recent")));
    }

    private static List<Recent> recent(String text) {
        return RECENT.matcher(text)
                .results()
                .map(one -> new Recent(
                        one.group(1),
                        one.group(2) == null ? null : new SourceName(one.group(2)),
                        Instant.ofEpochMilli(Long.parseLong(one.group(3)))))
                .toList();
    }

    /** The refusal of a cursor whose changes are no longer kept. */
    static InvalidRequest tooOld() {
        return new InvalidRequest(
                "since is older than the changes that are kept, which are those of 30 days" + BEGIN_AGAIN);
    }

    /** The text for callers. */
    static String written(UserId who, MergeBasis basis, Map<SourceName, Place> places, List<Recent> recent) {
        StringBuilder each = new StringBuilder();
        places.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().value()))
                .forEach(entry -> each.append(each.isEmpty() ? "" : " ")
                        .append(entry.getKey())
                        .append('=')
                        .append(entry.getValue().revision())
                        .append(',')
                        .append(entry.getValue().on() ? "on" : "off"));
        String once = recent.stream().map(Recent::toString).collect(Collectors.joining(" "));
        String whole =
                String.join(";", MEANING, Fingerprint.of(who.value()), basis.rules(), basis.wishes(), each, once);
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((whole + ";" + Fingerprint.of(whole)).getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String text) {
        if (text.length() > LONGEST) {
            return "";
        }
        try {
            return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
