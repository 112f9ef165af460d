package io.holisticos.unified;

import com.codahale.metrics.Counter;
import io.holisticos.cache.MemberCache;
import io.holisticos.health.DayRange;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.NotInTime;
import io.holisticos.health.Period;
import io.holisticos.health.SingleFlight;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.unified.UnifiedReader.Question;
import io.holisticos.unified.UnifiedReader.Reading;
import java.util.Set;

/** Answers requests for unified health. Equal requests at the same time share one reading. Thread-safe. */
final class UnifiedFlow {

    private final UnifiedReader reader;
    private final MemberCache<?, ?> changes;
    private final SingleFlight<Question, SharedReport> flights;

    /**
     * @param changes knows who changed: whoever asks after a change does not share a reading that began before it
     * @param shared counts answers that came from the reading of another caller
     */
    UnifiedFlow(UnifiedReader reader, MemberCache<?, ?> changes, Counter shared) {
        this.reader = reader;
        this.changes = changes;
        this.flights = new SingleFlight<>(question -> shared.inc());
    }

    /**
     * One day. The newest observation of any source decides which day today and yesterday are.
     *
     * @param excluded sources that are not read, because the caller does not want them
     * @throws MemberNotFound when no source knows the person
     */
    UnifiedReport read(UserId who, Period period, Set<SourceName> excluded) {
        return read(new UnifiedRequest(who, period, null, excluded));
    }

    /**
     * Every one of these days.
     *
     * @throws MemberNotFound when no source knows the person
     */
    UnifiedReport read(UserId who, DayRange days) {
        return read(new UnifiedRequest(who, Period.TODAY, days, Set.of()));
    }

    private UnifiedReport read(UnifiedRequest request) {
        return share(begin(request)).report();
    }

    /** Finds out all that decides the answer beside the sources, and reads none of them. */
    Reading begin(UnifiedRequest request) {
        return reader.begin(request, changes.begin(request.who(), reader.now()));
    }

    /**
     * Reads the sources, together with whoever asks the same.
     *
     * @throws MemberNotFound when no source knows the person
     */
    SharedReport share(Reading reading) {
        try {
            return flights.run(
                    reading.question(), reading.deadline(), () -> new SharedReport(reading, reading.report()));
        } catch (NotInTime e) { // another caller's reading of the same takes too long for this one
            return new SharedReport(reading, reading.reportWithoutAnswers());
        }
    }
}
