package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.Reply;
import io.holisticos.twins.http.TwinServer;
import io.holisticos.twins.sahha.Rows.Biomarker;
import io.holisticos.twins.sahha.Rows.Score;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The calls that read a profile's scores, biomarkers, archetypes and insights; none of them has pages. */
final class DataRoutes {
    private static final String PROFILE = "/api/v1/profile/";

    private final CallAuthorizer authorizer;
    private final Quirks quirks;
    private final String accountId;

    DataRoutes(CallAuthorizer authorizer, Quirks quirks, String accountId) {
        this.authorizer = authorizer;
        this.quirks = quirks;
        this.accountId = accountId;
    }

    void serve(TwinServer server) {
        both(server, "score", this::scores);
        both(server, "biomarker", this::biomarkers);
        both(server, "archetypes", this::archetypes);
        both(server, "insight/trend", this::trends);
        both(server, "insight/comparison", this::comparisons);
    }

    @FunctionalInterface
    private interface Read {
        Reply answer(Call call, Profile profile, Instant now);
    }

    private void both(TwinServer server, String path, Read read) {
        server.route(
                "GET",
                PROFILE + path,
                call -> authorizer.forOwnProfile(call, (profile, now) -> read.answer(call, profile, now)));
        server.route(
                "GET",
                PROFILE + path + "/{externalId}",
                call -> authorizer.forNamedProfile(call, (profile, now) -> read.answer(call, profile, now)));
    }

    /** Answers with the rows that are found for the query's dates, or refuses invalid dates. */
    private Reply withDates(
            Call call, Profile profile, Instant now, BiFunction<Member, DateRange, List<ObjectNode>> find) {
        var member = profile.member();
        var local = member == null ? ZoneOffset.UTC : member.offsetAt(now);
        @Nullable LocalDate first = null;
        @Nullable LocalDate last = null;
        for (String name : List.of("startDateTime", "endDateTime")) {
            Optional<String> text = call.query(name).filter(value -> !value.isEmpty());
            if (text.isPresent()) {
                var date = DateRange.parse(text.get(), local);
                if (date.isEmpty()) {
                    return authorizer.invalid(name, "The value '" + text.get() + "' is not valid.");
                }
                if (name.equals("startDateTime")) {
                    first = date.get();
                } else {
                    last = date.get();
                }
            }
        }
        if (member == null || !member.hasData(now)) {
            return authorizer.nothing(false);
        }
        List<ObjectNode> rows = find.apply(member, new DateRange(first, last));
        return rows.isEmpty() ? authorizer.nothing(true) : Reply.json(200, SahhaFormat.array(rows));
    }

    private Reply scores(Call call, Profile profile, Instant now) {
        Set<String> types = words(call, "types");
        if (types.isEmpty()) {
            return authorizer.invalid("types", "The types field is required.");
        }
        var wire = new SahhaFormat(profile, accountId, quirks);
        boolean sleepOnly = quirks.on(SahhaQuirk.SLEEP_ONLY);
        return withDates(call, profile, now, (member, range) -> {
            var rows = new ArrayList<ObjectNode>();
            for (LocalDate date : days(member, range, now)) {
                for (String type : Scores.TYPES) {
                    if (types.contains(type) && !(sleepOnly && isOfMovement(type))) {
                        computations(member, date, type, now).forEach(score -> rows.add(wire.score(score)));
                    }
                }
            }
            return rows;
        });
    }

    private Stream<Score> computations(Member member, LocalDate date, String type, Instant now) {
        return quirks.on(SahhaQuirk.DUPLICATE_RECOMPUTED)
                ? Scores.of(member, date, type, now).stream().limit(2)
                : Scores.newest(member, date, type, now).stream();
    }

    private static boolean isOfMovement(String type) {
        return type.equals("activity") || type.equals("readiness");
    }

    /** The begun days inside the range, the newest first. */
    private static List<LocalDate> days(Member member, DateRange range, Instant now) {
        return member.daysUntil(now).stream().filter(range::contains).toList();
    }

    private Reply biomarkers(Call call, Profile profile, Instant now) {
        Set<String> categories = words(call, "categories");
        if (categories.isEmpty() && !quirks.on(SahhaQuirk.CATEGORIES_OPTIONAL)) {
            return authorizer.invalid("categories", "The categories field is required.");
        }
        Set<String> types = words(call, "types");
        var wire = new SahhaFormat(profile, accountId, quirks);
        return withDates(call, profile, now, (member, range) -> {
            LocalDate today = member.today(now);
            return member.daysUntil(now).stream()
                    .filter(date -> mayContain(range, date))
                    .flatMap(date -> deliveries(member, date, now))
                    .filter(row -> categories.isEmpty() || categories.contains(row.category()))
                    .filter(row -> types.isEmpty() || types.contains(row.type()))
                    .filter(row -> range.contains(row.start().toLocalDate()))
                    .flatMap(row -> written(wire, row, today))
                    .toList();
        });
    }

    /** Windows start up to eight days before the day they belong to. */
    private static boolean mayContain(DateRange range, LocalDate date) {
        return range.contains(date) || range.contains(date.minusDays(1)) || range.contains(date.minusDays(8));
    }

    private Stream<Biomarker> deliveries(Member member, LocalDate date, Instant now) {
        var newest = Biomarkers.newest(member, date, now).stream();
        return quirks.on(SahhaQuirk.DUPLICATE_RECOMPUTED)
                ? Stream.concat(newest, Biomarkers.earlier(member, date, now).stream())
                : newest;
    }

    private Stream<ObjectNode> written(SahhaFormat wire, Biomarker row, LocalDate today) {
        boolean yesterday =
                row.day().equals(today.minusDays(1)) && row.periodicity().equals("daily");
        if (yesterday && quirks.on(SahhaQuirk.YESTERDAY_STILL_INTRADAY)) {
            return Stream.of(wire.biomarkerCalledIntraday(row));
        }
        return row.periodicity().equals("intraday") && quirks.on(SahhaQuirk.INTRADAY_AND_DAILY)
                ? Stream.of(wire.biomarker(row), wire.biomarkerCalledDaily(row))
                : Stream.of(wire.biomarker(row));
    }

    private Reply archetypes(Call call, Profile profile, Instant now) {
        Set<String> names = words(call, "name");
        Set<String> periodicities = words(call, "periodicity");
        var wire = new SahhaFormat(profile, accountId, quirks);
        return withDates(
                call,
                profile,
                now,
                (member, range) -> Archetypes.of(member, now).stream()
                        .filter(row -> names.isEmpty() || names.contains(row.name()))
                        .filter(row -> periodicities.isEmpty() || periodicities.contains(row.periodicity()))
                        .filter(row -> range.contains(row.first()))
                        .map(wire::archetype)
                        .toList());
    }

    private Reply trends(Call call, Profile profile, Instant now) {
        Set<String> names = words(call, "name");
        Set<String> categories = words(call, "category");
        var wire = new SahhaFormat(profile, accountId, quirks);
        return withDates(
                call,
                profile,
                now,
                (member, range) -> Insights.trends(member, now).stream()
                        .filter(row -> names.isEmpty() || names.contains(row.name()))
                        .filter(row -> categories.isEmpty() || categories.contains(row.category()))
                        .filter(row -> range.contains(
                                row.weeks().get(row.weeks().size() - 1).last()))
                        .map(wire::trend)
                        .toList());
    }

    private Reply comparisons(Call call, Profile profile, Instant now) {
        Set<String> names = words(call, "name");
        Set<String> categories = words(call, "category");
        var wire = new SahhaFormat(profile, accountId, quirks);
        return withDates(
                call,
                profile,
                now,
                (member, range) -> comparedDays(member, range, now)
                        .flatMap(date -> Insights.comparisons(member, date, now).stream())
                        .filter(row -> names.isEmpty() || names.contains(row.name()))
                        .filter(row -> categories.isEmpty() || categories.contains(row.category()))
                        .map(wire::comparison)
                        .toList());
    }

    /** The requested days, or the newest day that has rows. */
    private static Stream<LocalDate> comparedDays(Member member, DateRange range, Instant now) {
        var days = days(member, range, now);
        boolean open = range.first() == null && range.last() == null;
        return open
                ? days.stream()
                        .filter(date -> !Insights.comparisons(member, date, now).isEmpty())
                        .limit(1)
                : days.stream();
    }

    /** The values of a repeated or comma-separated parameter, in lower case. */
    private static Set<String> words(Call call, String name) {
        return call.queryAll(name).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(value -> value.strip().toLowerCase(Locale.ROOT))
                .filter(value -> !value.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }
}
