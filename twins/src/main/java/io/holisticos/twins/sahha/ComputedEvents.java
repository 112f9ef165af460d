package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The signed events of what Sahha computed within a span of time, oldest first. */
final class ComputedEvents {
    private final String accountId;
    private final String secret;
    private final Quirks quirks;

    ComputedEvents(String accountId, String secret, Quirks quirks) {
        this.accountId = accountId;
        this.secret = secret;
        this.quirks = quirks;
    }

    private record TimedEvent(Instant moment, SahhaEvent event) {}

    /** Events after one moment and up to another, both of the twin's clock. */
    List<SahhaEvent> between(Profile profile, Instant after, Instant until) {
        var member = profile.member();
        if (member == null || !member.hasData(until)) {
            return List.of();
        }
        Instant from = member.createdAt(after);
        var found = new ArrayList<TimedEvent>();
        for (LocalDate date : dates(member, from, until)) {
            member.day(date).ifPresent(day -> {
                for (Instant moment : member.schedule(day).moments()) {
                    if (moment.isAfter(from) && !moment.isAfter(until)) {
                        computed(profile, member, day, moment)
                                .forEach(event -> found.add(new TimedEvent(moment, event)));
                    }
                }
            });
            Instant weekEnd = date.atTime(LocalTime.of(2, 0)).toInstant(member.offsetOn(date));
            if (date.getDayOfWeek() == DayOfWeek.MONDAY && weekEnd.isAfter(from) && !weekEnd.isAfter(until)) {
                archetypes(profile, member, until, date).forEach(event -> found.add(new TimedEvent(weekEnd, event)));
            }
        }
        return found.stream()
                .sorted(Comparator.comparing(TimedEvent::moment))
                .map(TimedEvent::event)
                .toList();
    }

    private static List<LocalDate> dates(Member member, Instant after, Instant until) {
        LocalDate first = member.today(after).minusDays(2);
        return first.datesUntil(member.today(until).plusDays(2)).toList();
    }

    private List<SahhaEvent> computed(Profile profile, Member member, CollectedDay day, Instant moment) {
        var wire = new SahhaFormat(profile, accountId, quirks);
        var events = new ArrayList<SahhaEvent>();
        var night = day.night();
        if (night != null
                && night.stages() != null
                && moment.equals(member.schedule(day).moments().get(0))) {
            var log = wire.sleepLogEvent(night, night.stages(), Directory.source(profile), moment);
            events.add(sign(SahhaEvent.Type.DATA_LOG, profile, log));
        }
        for (String type : Scores.TYPES) {
            Scores.newest(member, day.date(), type, moment)
                    .filter(score -> score.createdAt().equals(moment))
                    .ifPresent(score -> events.add(sign(SahhaEvent.Type.SCORE, profile, wire.scoreEvent(score))));
        }
        Biomarkers.newest(member, day.date(), moment)
                .forEach(row -> events.add(sign(SahhaEvent.Type.BIOMARKER, profile, wire.biomarkerEvent(row))));
        return events;
    }

    private List<SahhaEvent> archetypes(Profile profile, Member member, Instant until, LocalDate monday) {
        var wire = new SahhaFormat(profile, accountId, quirks);
        return Archetypes.of(member, until).stream()
                .filter(row -> row.periodicity().equals("weekly")
                        && row.last().plusDays(1).equals(monday))
                .map(row -> sign(SahhaEvent.Type.ARCHETYPE, profile, wire.archetypeEvent(row)))
                .toList();
    }

    private SahhaEvent sign(SahhaEvent.Type type, Profile profile, ObjectNode body) {
        String text = quirks.on(SahhaQuirk.WEBHOOK_ARRAY) ? "[" + body + "]" : body.toString();
        return SahhaEvent.signed(type, profile.externalId(), text, secret);
    }
}
