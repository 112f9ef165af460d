package io.holisticos.outbound;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.command.ExecutionOutcome;
import io.holisticos.command.ExecutionOutcome.NotRun;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.trace.RequestContext;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.Entity;
import jakarta.ws.rs.client.Invocation;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.glassfish.jersey.client.ClientProperties;

/**
 * Makes the exchange, within the time that the steps before it left and up to a size. The client comes from
 * {@link OutboundClient}: it applies the read timeout to the whole exchange and drops the connection of a reply that is
 * closed before its end. A redirect is an answer like any other and is not followed: whoever can send one would choose whom we
 * call, and with what.
 */
final class SendStep implements Step {

    /** A failed exchange does not say when to come back. Soon is right, because another network route may work. */
    private static final Duration RETRY_AFTER_FAILURE = Duration.ofSeconds(5);

    private final SourceName target;
    private final Client client;
    private final long maxReplyBytes;
    private final MetricRegistry metrics;

    SendStep(SourceName target, Client client, OutboundConfiguration configuration, MetricRegistry metrics) {
        this.target = target;
        this.client = client;
        this.maxReplyBytes = configuration.maxReplySize.toBytes();
        this.metrics = metrics;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        if (deadline.isExpired()) {
            throw late(call);
        }
        long begun = System.nanoTime();
        try {
            return exchange(call, deadline);
        } finally {
            metrics.timer(MetricRegistry.name("outbound", call.key().name()))
                    .update(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
    }

    private Reply exchange(Call call, Deadline attempt) {
        int millis = (int) Math.max(1, attempt.remaining().toMillis());
        Invocation.Builder request = client.target(call.uri())
                .request()
                .property(ClientProperties.CONNECT_TIMEOUT, millis)
                .property(ClientProperties.READ_TIMEOUT, millis)
                .property(ClientProperties.FOLLOW_REDIRECTS, false);
        RequestContext.outgoing().forEach(request::header);
        call.headers().forEach(request::header);
        Call.Body body = call.body();
        try (Response response = body == null
                ? request.method(call.method())
                : request.method(call.method(), Entity.entity(body.bytes(), body.mediaType()))) {
            return new Reply(target, response.getStatus(), headersOf(response), bodyOf(call, response, attempt));
        } catch (ProcessingException | IOException e) {
            throw attempt.remaining().toMillis() <= 1
                    ? late(call)
                    : new SourceUnavailable(target, RETRY_AFTER_FAILURE, e);
        }
    }

    /** The HTTP client reports an exceeded limit like any broken connection, so the deadline tells which it was. */
    private SourceUnavailable late(Call call) {
        return new SourceUnavailable(target, RETRY_AFTER_FAILURE, new NotRun(call.key(), ExecutionOutcome.TIMEOUT));
    }

    private static Map<String, List<String>> headersOf(Response response) {
        return response.getStringHeaders().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, header -> List.copyOf(header.getValue())));
    }

    /** Reads in pieces and checks size and deadline after each, because a body may never end. */
    private byte[] bodyOf(Call call, Response response, Deadline attempt) throws IOException {
        if (!response.hasEntity() || !(response.getEntity() instanceof InputStream in)) { // whatever its Content-Type
            return new byte[0];
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        byte[] piece = new byte[16 * 1024];
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            whole.write(piece, 0, read);
            if (whole.size() > maxReplyBytes) {
                throw new BadSourceReply(target, "more than " + maxReplyBytes + " bytes for " + call.key());
            }
            if (attempt.isExpired()) {
                throw late(call);
            }
        }
        return whole.toByteArray();
    }
}
