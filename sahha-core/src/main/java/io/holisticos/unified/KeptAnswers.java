package io.holisticos.unified;

import io.holisticos.cache.MemberCache;
import io.holisticos.cache.SecondLevel;
import io.holisticos.cache.SecondLevel.Look;
import io.holisticos.health.DayRange;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.Period;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Disabled;
import io.holisticos.health.SourceAnswer.Excluded;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.unified.AnswerWriter.Form;
import io.holisticos.unified.UnifiedReader.Reading;
import io.holisticos.unified.WrittenAnswer.Times;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers the unified routes, from memory while that gives what reading would give: no source told of a change of the person since,
 * none says that time made another answer of it, and nothing else that decides the answer differs. Thread-safe.
 */
final class KeptAnswers {

    private final UnifiedFlow flow;
    private final AnswerWriter writer;
    private final MemberCache<Asked, WrittenAnswer> cache;
    private final SecondLevel second;

    /**
     * What makes two answers the same while nobody tells of a change. What is the same for the whole process, such as the orders of
     * the deployment, is no part of it.
     *
     * @param off the sources that are switched off for the person
     */
    record Asked(Form form, UnifiedRequest request, Preferences member, Set<SourceName> off) {

        /** The same in a text, which is equal in every process for equal questions about one person. */
        String text() {
            return String.join(
                    "\n",
                    form.name(),
                    request.period().text(),
                    String.valueOf(request.days()),
                    inOrder(request.excluded()),
                    member.order().toString(),
                    new TreeMap<>(member.byFamily()).toString(),
                    new TreeMap<>(member.byMetric()).toString(),
                    inOrder(off));
        }

        private static String inOrder(Set<SourceName> names) {
            return names.stream().map(SourceName::value).sorted().collect(Collectors.joining(","));
        }
    }

    /** An answer to one caller. */
    record Answer(WrittenAnswer written, Times times) {

        void writeTo(OutputStream out) throws IOException {
            written.writeTo(out, times);
        }

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(written.weight());
            try {
                writeTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("memory can be written to", e);
            }
            return bytes.toByteArray();
        }
    }

    /**
     * @param cache is told of changes by the sources themselves
     * @param second so is this one; asked for what is not in the cache
     */
    KeptAnswers(UnifiedFlow flow, AnswerWriter writer, MemberCache<Asked, WrittenAnswer> cache, SecondLevel second) {
        this.flow = flow;
        this.writer = writer;
        this.cache = cache;
        this.second = second;
    }

    /**
     * One day; see {@link UnifiedFlow#read(UserId, Period, Set)}.
     *
     * @throws MemberNotFound when no source knows the person
     */
    Answer overview(UserId who, Period period, Set<SourceName> excluded) {
        return answer(Form.OVERVIEW, new UnifiedRequest(who, period, null, excluded));
    }

    /** The same of all sources, if it is at hand. */
    @Nullable
    Answer overviewAtHand(UserId who, Period period) {
        Asking asking = new Asking(Form.OVERVIEW, new UnifiedRequest(who, period, null, Set.of()));
        WrittenAnswer kept = asking.mayBeKept() ? cache.peek(who, asking.asked(), asking.now()) : null;
        return kept == null ? null : asking.atHand(kept);
    }

    /**
     * Every one of these days.
     *
     * @throws MemberNotFound when no source knows the person
     */
    Answer days(UserId who, DayRange days) {
        return answer(Form.DAYS, new UnifiedRequest(who, Period.TODAY, days, Set.of()));
    }

    /**
     * The same without the records of the sources themselves.
     *
     * @throws MemberNotFound when no source knows the person
     */
    Answer mergedDays(UserId who, DayRange days) {
        return answer(Form.MERGED_DAYS, new UnifiedRequest(who, Period.TODAY, days, Set.of()));
    }

    /**
     * How each source stands to the person today.
     *
     * @throws MemberNotFound when no source knows the person
     */
    Answer sources(UserId who) {
        return answer(Form.SOURCES, new UnifiedRequest(who, Period.TODAY, null, Set.of()));
    }

    private Answer answer(Form form, UnifiedRequest request) {
        Asking asking = new Asking(form, request);
        if (!asking.mayBeKept()) {
            return asking.read(null);
        }
        WrittenAnswer kept = cache.find(request.who(), asking.asked(), asking.now());
        if (kept != null) {
            return asking.atHand(kept);
        }
        Look look = second.look(request.who(), asking.asked().text());
        return look.answer() == null ? asking.read(look.ticket()) : asking.shared(look.answer());
    }

    /** One request for an answer. */
    private final class Asking {

        private final Form form;
        private final UnifiedRequest request;
        private final Reading reading;

        private Asking(Form form, UnifiedRequest request) {
            this.form = form;
            this.request = request;
            this.reading = flow.begin(request);
        }

        Instant now() {
            return reading.ticket().begun();
        }

        boolean mayBeKept() {
            return reading.isTold();
        }

        Asked asked() {
            return new Asked(
                    form,
                    request,
                    reading.question().member(),
                    reading.question().off());
        }

        Answer atHand(WrittenAnswer kept) {
            return new Answer(kept, Times.atHand(now(), reading.took()));
        }

        /** What another replica made is from here on in this one's memory, too. */
        Answer shared(SecondLevel.Kept kept) {
            WrittenAnswer written = WrittenAnswer.of(kept.bytes());
            cache.keep(reading.ticket(), asked(), written, written.weight(), kept.until());
            return atHand(written);
        }

        /**
         * Whoever shares a reading shares what is written of it.
         *
         * @param ticket of the second level, taken before the reading; null when nothing is to be kept there
         */
        Answer read(SecondLevel.@Nullable Ticket ticket) {
            SharedReport shared = flow.share(reading);
            boolean isOwn = shared.reading().equals(reading); // another one may have begun before the ticket
            WrittenAnswer written =
                    shared.written(form, report -> written(shared.reading(), report, isOwn ? ticket : null));
            return new Answer(written, shared.report().times());
        }

        private WrittenAnswer written(Reading read, UnifiedReport report, SecondLevel.@Nullable Ticket ticket) {
            WrittenAnswer written = writer.write(form, request, report);
            if (read.isTold() && read.isCertain()) {
                Instant until = goodUntil(read, report);
                cache.keep(read.ticket(), asked(), written, written.weight(), until);
                if (ticket != null && until.isAfter(read.ticket().begun())) {
                    second.keep(ticket, asked().text(), written.toBytes(), until);
                }
            }
            return written;
        }

        /** When time alone may give another answer; {@link SourceAnswer#NEVER} when nobody can know that. */
        private Instant goodUntil(Reading read, UnifiedReport report) {
            List<SourceAnswer> said = report.said();
            Set<SourceName> off = read.question().off();
            if (said.stream()
                            .noneMatch(
                                    Measured.class::isInstance) // whether somebody knows the person was asked besides
                    || said.stream().anyMatch(answer -> wasSwitchedMeanwhile(answer, off))) {
                return SourceAnswer.NEVER;
            }
            Instant until = request.sameDayUntil(report.generatedAt(), report.offset());
            for (SourceAnswer answer : said) {
                until = answer.goodUntil().isBefore(until) ? answer.goodUntil() : until;
            }
            return until;
        }
    }

    private static boolean wasSwitchedMeanwhile(SourceAnswer answer, Set<SourceName> off) {
        return !(answer instanceof Excluded) && (answer instanceof Disabled) != off.contains(answer.from());
    }
}
