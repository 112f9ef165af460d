package io.holisticos.whoop.api;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.Reply;
import io.holisticos.whoop.quota.Lane;
import io.holisticos.whoop.quota.QuotaGovernor;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The member endpoints of WHOOP's developer API v2 (OpenAPI document of 2026-09) that this service uses. Each method is one
 * call. Thread-safe.
 *
 * <p>All methods throw, besides what {@link Outbound#call} throws: {@link ReauthorizationRequired} at 401, when not even
 * a fresh token is accepted, and {@link BadSourceReply} when the answer is not of the documented form, which a 403 never
 * is: {@link ForbiddenCalls} says why.
 * A 404 may mean that a record does not exist, does not exist yet, or is another member's: WHOOP does not tell which.
 */
public final class WhoopApi {

    /** This source's name in answers and errors. */
    public static final SourceName WHOOP = QuotaGovernor.WHOOP;

    /** The most that WHOOP allows; it refuses more. */
    private static final int PAGE_SIZE = 25;

    private static final DateTimeFormatter UTC_MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final CommandKey CYCLE = new CommandKey("WHOOP_CYCLE");
    private static final CommandKey RECOVERY = new CommandKey("WHOOP_RECOVERY");
    private static final CommandKey SLEEP = new CommandKey("WHOOP_SLEEP");
    private static final CommandKey WORKOUT = new CommandKey("WHOOP_WORKOUT");
    private static final CommandKey PROFILE = new CommandKey("WHOOP_PROFILE");
    private static final CommandKey BODY = new CommandKey("WHOOP_BODY");
    private static final CommandKey REVOKE = new CommandKey("WHOOP_REVOKE");

    /** The command keys of all calls here. */
    public static final List<CommandKey> KEYS = List.of(CYCLE, RECOVERY, SLEEP, WORKOUT, PROFILE, BODY, REVOKE);

    private final Function<Lane, Outbound> lanes;
    private final Outbound outbound;
    private final URI baseUrl;
    private final WireReader wire;
    private final ForbiddenCalls forbidden;

    /**
     * The client, with one outbound for all lanes.
     *
     * @param baseUrl with its {@code /developer}
     */
    public WhoopApi(
            Outbound outbound, URI baseUrl, ObjectMapper mapper, MetricRegistry metrics, ForbiddenCalls forbidden) {
        this(
                lane -> outbound,
                outbound.announce(KEYS.toArray(CommandKey[]::new)),
                baseUrl,
                new WireReader(WHOOP, mapper, metrics),
                forbidden);
    }

    private WhoopApi(
            Function<Lane, Outbound> lanes, Outbound outbound, URI baseUrl, WireReader wire, ForbiddenCalls forbidden) {
        this.lanes = lanes;
        this.outbound = outbound;
        this.baseUrl = baseUrl;
        this.wire = wire;
        this.forbidden = forbidden;
    }

    /** The same client with a budget for each lane; it is in the lane {@link Lane#INTERACTIVE} itself. */
    public WhoopApi withLanes(Function<Lane, Budget> budgets) {
        Map<Lane, Outbound> ways = new EnumMap<>(Lane.class);
        for (Lane lane : Lane.values()) {
            ways.put(lane, outbound.on(budgets.apply(lane)));
        }
        Function<Lane, Outbound> chosen = lane -> Objects.requireNonNull(ways.get(lane));
        return new WhoopApi(chosen, chosen.apply(Lane.INTERACTIVE), baseUrl, wire, forbidden);
    }

    /** The same client, its calls paid from that lane. */
    public WhoopApi in(Lane lane) {
        return new WhoopApi(lanes, lanes.apply(lane), baseUrl, wire, forbidden);
    }

    /** The same client, all its calls paid from that budget, whatever their lane. */
    public WhoopApi paidFrom(Budget budget) {
        Outbound paid = outbound.on(budget);
        return new WhoopApi(lane -> paid, paid, baseUrl, wire, forbidden);
    }

    /** One page of cycles, newest first; {@code nextToken} null for the first. */
    public Page<Cycle> cycles(UserId who, Window window, @Nullable String nextToken, Deadline deadline) {
        return page(Call.get(CYCLE, who, pageOf("v2/cycle", window, nextToken)), Cycle.class, deadline);
    }

    /** One page of recoveries; the window is tested against the times of their sleeps. */
    public Page<Recovery> recoveries(UserId who, Window window, @Nullable String nextToken, Deadline deadline) {
        return page(Call.get(RECOVERY, who, pageOf("v2/recovery", window, nextToken)), Recovery.class, deadline);
    }

    /** One page of nights and naps, newest first. */
    public Page<Sleep> sleeps(UserId who, Window window, @Nullable String nextToken, Deadline deadline) {
        return page(Call.get(SLEEP, who, pageOf("v2/activity/sleep", window, nextToken)), Sleep.class, deadline);
    }

    /** One page of workouts, newest first. */
    public Page<Workout> workouts(UserId who, Window window, @Nullable String nextToken, Deadline deadline) {
        return page(Call.get(WORKOUT, who, pageOf("v2/activity/workout", window, nextToken)), Workout.class, deadline);
    }

    /** One cycle; empty when there is none of this id for this member. */
    public Optional<Fetched<Cycle>> cycle(UserId who, long cycleId, Deadline deadline) {
        return single(Call.get(CYCLE, who, at("v2/cycle/{id}", cycleId)), Cycle.class, deadline);
    }

    /** The recovery of a cycle; empty when there is none, or none yet. */
    public Optional<Fetched<Recovery>> recoveryOfCycle(UserId who, long cycleId, Deadline deadline) {
        return single(Call.get(RECOVERY, who, at("v2/cycle/{id}/recovery", cycleId)), Recovery.class, deadline);
    }

    /** One night or nap; empty when there is none of this id for this member, or none yet. */
    public Optional<Fetched<Sleep>> sleep(UserId who, UUID sleepId, Deadline deadline) {
        return single(Call.get(SLEEP, who, at("v2/activity/sleep/{id}", sleepId)), Sleep.class, deadline);
    }

    /** One workout; empty when there is none of this id for this member, or none yet. */
    public Optional<Fetched<Workout>> workout(UserId who, UUID workoutId, Deadline deadline) {
        return single(Call.get(WORKOUT, who, at("v2/activity/workout/{id}", workoutId)), Workout.class, deadline);
    }

    /** Who the member is to WHOOP. */
    public Optional<Fetched<Profile>> profile(UserId who, Deadline deadline) {
        return single(Call.get(PROFILE, who, at("v2/user/profile/basic")), Profile.class, deadline);
    }

    /**
     * Whose account a token is of, before there is a connection to take it from. The call carries its own
     * {@code Authorization} header, and the {@link io.holisticos.outbound.Authorization} port leaves such calls alone.
     */
    public Account accountWith(String accessToken, UserId who, Deadline deadline) {
        Call call = new Call(
                PROFILE,
                who,
                "GET",
                at("v2/user/profile/basic"),
                Map.of("Accept", "application/json", "Authorization", "Bearer " + accessToken),
                null,
                true);
        Reply reply = answered(call, deadline);
        if (reply.status() != 200) {
            throw unexpected(call, reply);
        }
        return wire.account(reply);
    }

    /** The member's body; some members have none. */
    public Optional<Fetched<BodyMeasurement>> bodyMeasurement(UserId who, Deadline deadline) {
        return single(Call.get(BODY, who, at("v2/user/measurement/body")), BodyMeasurement.class, deadline);
    }

    /**
     * Ends our access to the member at WHOOP, by a token that is not, or no longer, the connection's; see
     * {@link #accountWith}. Afterwards the tokens are worthless and no more webhooks arrive.
     */
    public void revokeAccessWith(String accessToken, UserId who, Deadline deadline) {
        Map<String, String> headers = Map.of("Authorization", "Bearer " + accessToken);
        Call call = new Call(REVOKE, who, "DELETE", at("v2/user/access"), headers, null, true);
        Reply reply = answered(call, deadline);
        if (!reply.isSuccess()) {
            throw unexpected(call, reply);
        }
    }

    private URI pageOf(String path, Window window, @Nullable String nextToken) {
        UriBuilder uri = UriBuilder.fromUri(baseUrl)
                .path(path)
                .queryParam("limit", PAGE_SIZE)
                .queryParam("start", "{start}")
                .queryParam("end", "{end}");
        String start = UTC_MILLIS.format(window.start());
        String end = UTC_MILLIS.format(window.end());
        return nextToken == null
                ? uri.build(start, end)
                : uri.queryParam("nextToken", "{nextToken}").build(start, end, nextToken);
    }

    private URI at(String path, Object... values) {
        return UriBuilder.fromUri(baseUrl).path(path).build(values);
    }

    private <T> Page<T> page(Call call, Class<T> type, Deadline deadline) {
        Reply reply = answered(call, deadline);
        if (reply.status() != 200) {
            throw unexpected(call, reply);
        }
        return wire.page(reply, type);
    }

    private <T> Optional<Fetched<T>> single(Call call, Class<T> type, Deadline deadline) {
        Reply reply = answered(call, deadline);
        return switch (reply.status()) {
            case 200 -> Optional.of(wire.single(reply, type));
            case 404 -> Optional.empty();
            default -> throw unexpected(call, reply);
        };
    }

    private Reply answered(Call call, Deadline deadline) {
        Reply reply = outbound.call(call, deadline);
        if (reply.status() == 403) {
            forbidden.note(call.key(), reply);
            throw new NotNow("status 403 for " + call.key());
        }
        if (isAPageForPeople(reply)) {
            throw new NotNow("HTML with status " + reply.status()); // the network's edge answered, not the API
        }
        if (reply.status() == 401) { // the outbound client has tried a fresh token already
            throw new ReauthorizationRequired(WHOOP);
        }
        return reply;
    }

    /** Whatever type it says it is: no JSON begins like that. */
    private static boolean isAPageForPeople(Reply reply) {
        String type = reply.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        String body = new String(reply.body(), 0, Math.min(reply.body().length, 100), StandardCharsets.UTF_8);
        return type.startsWith("text/html") || body.stripLeading().startsWith("<");
    }

    private static BadSourceReply unexpected(Call call, Reply reply) {
        if (reply.status() == 408 || reply.status() == 425) { // too slow, too early: ask again
            return new NotNow("status " + reply.status() + " for " + call.key());
        }
        return new BadSourceReply(WHOOP, "status " + reply.status() + " for " + call.key());
    }
}
