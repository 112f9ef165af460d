package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError.MemberNotVisible;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.unified.KeptAnswers.Answer;
import io.holisticos.web.ErrorMapper;
import io.holisticos.web.Problem;
import jakarta.ws.rs.core.UriBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;

/**
 * Writes the overviews of many members, one line of JSON each, in the order asked. At most {@value #AHEAD} members of a
 * request are read before their line is written, so the memory it takes does not depend on the number of members, and a caller
 * who reads slowly or goes away is not read for. Thread-safe.
 */
final class OverviewLines {

    /** While one line is written, or waits for a source that is slow, the next ones are read. */
    static final int AHEAD = 4;

    /** When to ask again a service that ended: another replica may be there, or this one again. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final UriBuilder SINGLE = UriBuilder.fromPath(UnifiedHealthResource.PATH + "/overview/{user_id}");

    private final KeptAnswers answers;
    private final ExecutorService threads;
    private final ObjectMapper json;

    /**
     * @param threads as many as members may be read at once for all requests together
     * @param json writes problems
     */
    OverviewLines(KeptAnswers answers, ExecutorService threads, ObjectMapper json) {
        this.answers = answers;
        this.threads = threads;
        this.json = json;
    }

    /**
     * Writes and flushes each line as soon as it is its turn. When the service ends before the last one, those that are missing say
     * so, because a caller could not tell them from lines that nobody asked for.
     *
     * @param visible who may be read for this caller; the others have the line of somebody whom no source knows
     * @throws IOException when the caller cannot be written to; what was not begun is not read then
     */
    void write(OverviewsRequest request, Predicate<UserId> visible, OutputStream out) throws IOException {
        new Writing(request, visible).to(out);
    }

    /** The lines of one request. */
    private final class Writing {

        private final Iterator<UserId> members;
        private final Period period;
        private final Predicate<UserId> visible;
        private final Queue<Line> ahead = new ArrayDeque<>();
        private boolean interrupted;

        private Writing(OverviewsRequest request, Predicate<UserId> visible) {
            this.members = request.userIds().iterator();
            this.period = request.period();
            this.visible = visible;
        }

        void to(OutputStream out) throws IOException {
            try {
                readAhead();
                while (!ahead.isEmpty()) {
                    out.write(next());
                    out.write('\n');
                    out.flush();
                    readAhead();
                }
            } finally {
                ahead.forEach(line -> line.text().cancel(false)); // those under way end within their deadline
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private void readAhead() {
            while (ahead.size() < AHEAD && members.hasNext()) {
                UserId who = members.next();
                ahead.add(new Line(who, interrupted ? CompletableFuture.completedFuture(unread(who)) : begin(who)));
            }
        }

        /** What is at hand needs no thread of those that read. */
        private Future<byte[]> begin(UserId who) {
            if (!visible.test(who)) {
                return CompletableFuture.completedFuture(
                        problem(who, ErrorMapper.problemOf(new MemberNotVisible(), instance(who))));
            }
            try {
                Answer atHand = answers.overviewAtHand(who, period);
                if (atHand != null) {
                    return CompletableFuture.completedFuture(atHand.bytes());
                }
                return threads.submit(RequestContext.wrapCallable(() -> line(who, period)));
            } catch (RejectedExecutionException ended) {
                return CompletableFuture.completedFuture(unread(who));
            } catch (RuntimeException e) { // as one that is read: the lines of the others are not touched by it
                return CompletableFuture.completedFuture(problem(who, ErrorMapper.problemOf(e, instance(who))));
            }
        }

        private byte[] next() {
            Line line = ahead.remove();
            try {
                return interrupted && !line.text().isDone()
                        ? unread(line.who())
                        : line.text().get();
            } catch (InterruptedException e) { // the lines left are written without it, and then it is set again
                interrupted = true;
                return unread(line.who());
            } catch (ExecutionException e) {
                throw new IllegalStateException(
                        "not even the problem of a line could be written as JSON", e.getCause());
            }
        }
    }

    /** @param text the JSON, once it is there */
    private record Line(UserId who, Future<byte[]> text) {}

    /** What the single endpoint answers for this member. */
    private byte[] line(UserId who, Period period) {
        try {
            return answers.overview(who, period, Set.of()).bytes();
        } catch (RuntimeException e) { // the lines of the others are not touched by it
            return problem(who, ErrorMapper.problemOf(e, instance(who)));
        }
    }

    private byte[] unread(UserId who) {
        return problem(
                who,
                Problem.of(
                        503,
                        "service_unavailable",
                        "the service ended before this member was read: ask again",
                        instance(who),
                        RETRY_AFTER.toSeconds()));
    }

    private byte[] problem(UserId who, Problem problem) {
        try {
            return json.writeValueAsBytes(new ProblemLine(who.value(), problem));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem could not be written as JSON", e);
        }
    }

    private static String instance(UserId who) {
        return SINGLE.clone().build(who.value()).getRawPath();
    }

    /** The line of a member who has no overview. */
    record ProblemLine(
            @JsonProperty("user_id") String userId,
            @JsonUnwrapped Problem problem) {}
}
