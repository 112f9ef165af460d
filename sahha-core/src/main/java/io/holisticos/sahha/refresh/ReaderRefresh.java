package io.holisticos.sahha.refresh;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.Held;
import io.holisticos.sahha.data.RefreshMarks;
import io.holisticos.sahha.data.Standing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Brings rows up to date before they are read. Fresh rows need no fetch. For stale rows a reader waits shortly, for cold
 * ones longer, while the fetch goes on in the background for all readers. Rows are served even when Sahha cannot be
 * reached. Thread-safe.
 */
public final class ReaderRefresh {

    private final SahhaRefresh refresh;
    private final Profiles profiles;
    private final Duration waitWhenStale;
    private final Clock clock;

    public ReaderRefresh(SahhaRefresh refresh, Profiles profiles, Duration waitWhenStale, Clock clock) {
        this.refresh = refresh;
        this.profiles = profiles;
        this.waitWhenStale = waitWhenStale;
        this.clock = clock;
    }

    /** A kind, and how fresh its rows have to be. */
    public record RequiredKind(SahhaKind kind, FreshnessRule freshness) {}

    /**
     * What a reader is going to read.
     *
     * @param days null for the recent days
     * @param coldWait how long to wait when rows are cold
     * @param mayBeGuessed whether the id comes from a caller without a credential: nothing is fetched for it before Sahha has
     *     said that it knows it
     */
    public record ReadRequest(
            UserId who, List<RequiredKind> kinds, @Nullable DayRange days, Duration coldWait, boolean mayBeGuessed) {

        public ReadRequest {
            kinds = List.copyOf(kinds);
        }

        private Set<LocalDate> asked() {
            return days == null ? Set.of() : Set.copyOf(days.days());
        }
    }

    /**
     * What was read, and what can be expected of it.
     *
     * @param freshUntil the first moment at which time alone makes some of it less fresh than the request requires, or makes the
     *     request require other fetches; {@link Instant#MIN} when it is not fresh now
     */
    public record Reading(Held held, RefreshResult refreshed, Instant freshUntil) {}

    /**
     * Reads once when what is held is fresh. Else brings it up to date, waits no longer than the rules allow, and reads again.
     *
     * @param reading reads rows together with how the member stands
     */
    public Reading read(ReadRequest request, Supplier<Held> reading, Deadline deadline) {
        Held held = reading.get();
        Instant freshUntil = freshUntil(request, held.standing());
        if (!freshUntil.equals(Instant.MIN)) {
            return new Reading(held, RefreshResult.current(newest(held)), freshUntil);
        }
        RefreshResult refreshed = bringUpToDate(request, held.standing().marks(), deadline);
        if (!refreshed.known()) {
            return new Reading(held, refreshed, Instant.MIN);
        }
        Held again = reading.get();
        boolean isCurrent = refreshed.current() && Objects.equals(refreshed.asOf(), newest(again));
        return new Reading(again, refreshed, isCurrent ? freshUntil(request, again.standing()) : Instant.MIN);
    }

    private static @Nullable Instant newest(Held held) {
        return held.standing().marks().newest().orElse(null);
    }

    /**
     * Each mark that the request requires has its own end. Which marks it requires changes with the date at UTC, unless it is
     * about the recent days. Of days too far back nothing is fetched, and a member without rows then has to be asked for.
     */
    private Instant freshUntil(ReadRequest request, Standing standing) {
        Instant now = clock.instant();
        List<FetchSpan> spans = spansOf(request);
        if (spans.isEmpty() && !standing.hasRows()) {
            return Instant.MIN;
        }
        Instant until = request.days() == null
                ? Instant.MAX
                : LocalDate.ofInstant(now, ZoneOffset.UTC)
                        .plusDays(1)
                        .atStartOfDay()
                        .toInstant(ZoneOffset.UTC);
        for (RequiredKind required : request.kinds()) {
            for (FetchSpan span : spans) {
                Instant end = standing.marks()
                        .at(required.kind(), span.name())
                        .map(refreshedAt -> span.freshUntil(refreshedAt, required.freshness()))
                        .orElse(Instant.MIN);
                until = end.isBefore(until) ? end : until;
            }
        }
        return now.isBefore(until) ? until : Instant.MIN;
    }

    /** @param marks when the member's rows were last fetched */
    public RefreshResult bringUpToDate(ReadRequest request, RefreshMarks marks, Deadline deadline) {
        Instant asOf = marks.newest().orElse(null);
        List<FetchSpan> spans = spansOf(request);
        if (spans.isEmpty()) { // the days are too far back to be fetched
            return profileCheck(request, asOf, deadline);
        }
        RefreshResult result = RefreshResult.current(asOf);
        CompletableFuture<Boolean> asked = null;
        if (marks.isEmpty()) { // an id that nothing was ever fetched for may be any text
            try {
                asked = profiles.ask(request.who(), deadline);
            } catch (HealthError error) { // logged and counted where it happened
                return notAsked(request, asOf);
            }
            if (request.mayBeGuessed() || asked.isDone()) {
                RefreshResult check = profileCheck(asked, request, asOf, deadline.atMost(request.coldWait()));
                if (!check.equals(result)) {
                    return check;
                }
            }
        }
        List<PendingFetch> pending = begin(request, spans, marks, asked);
        boolean cold = pending.stream().anyMatch(PendingFetch::isCold);
        Deadline patience = deadline.atMost(cold ? request.coldWait() : waitWhenStale);
        for (PendingFetch fetch : pending) {
            result = result.and(fetch.await(patience, () -> daysOf(fetch.span(), request)));
        }
        return result;
    }

    private List<FetchSpan> spansOf(ReadRequest request) {
        DayRange days = request.days();
        return days == null ? List.of(FetchSpan.recent(clock)) : FetchSpan.of(days, clock);
    }

    /** Begins a fetch of everything that is not fresh. */
    private List<PendingFetch> begin(
            ReadRequest request,
            List<FetchSpan> spans,
            RefreshMarks marks,
            @Nullable CompletableFuture<Boolean> asked) {
        Instant now = clock.instant();
        List<PendingFetch> pending = new ArrayList<>();
        for (RequiredKind required : request.kinds()) {
            for (FetchSpan span : spans) {
                FreshnessRule.Age age = marks.at(required.kind(), span.name())
                        .map(refreshedAt -> span.age(refreshedAt, now, required.freshness()))
                        .orElse(FreshnessRule.Age.COLD);
                if (age != FreshnessRule.Age.FRESH) {
                    pending.add(new PendingFetch(
                            span,
                            age == FreshnessRule.Age.COLD,
                            refresh.start(request.who(), required.kind(), span, asked)));
                }
            }
        }
        return pending;
    }

    /** Of the days asked for those that this span brings. Recent days are also days of a month, which is not fetched for them. */
    private Set<LocalDate> daysOf(FetchSpan span, ReadRequest request) {
        return request.asked().stream()
                .filter(day -> FetchSpan.of(DayRange.of(day), clock).stream()
                        .anyMatch(ofDay -> ofDay.name().equals(span.name())))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Whether there is such a member, where nothing is fetched that would tell. */
    private RefreshResult profileCheck(ReadRequest request, @Nullable Instant asOf, Deadline deadline) {
        try {
            return profileCheck(profiles.ask(request.who(), deadline), request, asOf, deadline);
        } catch (HealthError error) { // logged and counted where it happened
            return notAsked(request, asOf);
        }
    }

    private static RefreshResult profileCheck(
            CompletableFuture<Boolean> asked, ReadRequest request, @Nullable Instant asOf, Deadline deadline) {
        try {
            return new RefreshResult(FetchResult.await(asked, deadline), true, false, asOf, Set.of());
        } catch (HealthError error) { // logged and counted where it happened
            return notAsked(request, asOf);
        }
    }

    private static RefreshResult notAsked(ReadRequest request, @Nullable Instant asOf) {
        return new RefreshResult(true, false, true, asOf, asOf == null ? request.asked() : Set.of());
    }

    private record PendingFetch(FetchSpan span, boolean isCold, CompletableFuture<SahhaRefresh.Fetched> future) {

        /** @param days of the request, which it is for */
        RefreshResult await(Deadline patience, Supplier<Set<LocalDate>> days) {
            try {
                SahhaRefresh.Fetched fetched = FetchResult.await(future, patience);
                return new RefreshResult(fetched.known(), true, false, fetched.begun(), Set.of());
            } catch (HealthError error) { // logged where it happened, or still under way
                if (Thread.currentThread().isInterrupted()) { // the caller is to stop, and not to read
                    throw error;
                }
                return new RefreshResult(true, false, isCold, null, days.get());
            }
        }
    }
}
