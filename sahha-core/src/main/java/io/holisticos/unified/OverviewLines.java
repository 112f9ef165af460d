package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.Period;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ErrorMapper;
import io.holisticos.web.Problem;
import jakarta.ws.rs.core.UriBuilder;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Writes the overviews of many members, one line of JSON each, in the order asked. At most {@value #AHEAD} members of a
 * request are read before their line is written, so the memory it takes does not depend on the number of members, and a caller
 * who reads slowly or goes away is not read for. Thread-safe.
 */
final class OverviewLines {

    /** While one line is written, or waits for a source that is slow, the next ones are read. */
    static final int AHEAD = 4;

    private static final UriBuilder SINGLE = UriBuilder.fromPath(UnifiedHealthResource.PATH + "/overview/{user_id}");

    private final UnifiedFlow flow;
    private final SourceName whoop;
    private final ExecutorService threads;
    private final ObjectMapper json;

    /**
     * @param whoop the source of {@code enhanced_with_whoop}
     * @param threads as many as members may be read at once for all requests together
     */
    OverviewLines(UnifiedFlow flow, SourceName whoop, ExecutorService threads, ObjectMapper json) {
        this.flow = flow;
        this.whoop = whoop;
        this.threads = threads;
        this.json = json;
    }

    /**
     * Writes and flushes each line as soon as it is its turn.
     *
     * @throws IOException when the caller cannot be written to; what was not begun is not read then
     */
    void write(OverviewsRequest request, OutputStream out) throws IOException {
        Iterator<UserId> members = request.userIds().iterator();
        Queue<Future<byte[]>> ahead = new ArrayDeque<>();
        try {
            do {
                while (ahead.size() < AHEAD && members.hasNext()) {
                    UserId who = members.next();
                    ahead.add(threads.submit(RequestContext.wrapCallable(() -> line(who, request.period()))));
                }
                out.write(await(ahead.remove()));
                out.write('\n');
                out.flush();
            } while (!ahead.isEmpty());
        } finally {
            ahead.forEach(unwanted -> unwanted.cancel(false)); // those under way end within their deadline
        }
    }

    /** What the single endpoint answers for this member. */
    private byte[] line(UserId who, Period period) throws JsonProcessingException {
        Object answer;
        try {
            answer = DayAnswer.overview(flow.read(who, period, Set.of()), period.text(), whoop);
        } catch (MemberNotFound unknown) {
            answer = new ProblemLine(who.value(), ErrorMapper.problemOf(unknown, instance(who)));
        } catch (RuntimeException unexpected) { // the lines of the others are not touched by it
            answer = new ProblemLine(who.value(), ErrorMapper.problemOf(unexpected, instance(who)));
        }
        return json.writeValueAsBytes(answer);
    }

    private static String instance(UserId who) {
        return SINGLE.clone().build(who.value()).getRawPath();
    }

    private static byte[] await(Future<byte[]> line) throws IOException {
        try {
            return line.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a line could not be written as JSON", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a line");
        }
    }

    /** The line of a member who has no overview. */
    record ProblemLine(
            @JsonProperty("user_id") String userId,
            @JsonUnwrapped Problem problem) {}
}
