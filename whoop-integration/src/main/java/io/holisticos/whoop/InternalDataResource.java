package io.holisticos.whoop;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.command.Command;
import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.IntegrationDisabled;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.UserId;
import io.holisticos.web.Scope;
import io.holisticos.whoop.InternalSyncResource.RunBody;
import io.holisticos.whoop.MemberStatuses.MemberStatus;
import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.CycleRecords;
import io.holisticos.whoop.data.HeldRecords;
import io.holisticos.whoop.data.WhoopDay;
import io.holisticos.whoop.data.WhoopDayStore;
import io.holisticos.whoop.data.WhoopDays;
import io.holisticos.whoop.sync.SyncFreshness;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A member's records in WHOOP's own field words, for other backends. It reads the database and never calls WHOOP. */
@Path("/internal/data")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.INTERNAL)
@Tag(name = "Internal: data", description = "What is held, in WHOOP's own field words")
public final class InternalDataResource {

    private static final String UNCHANGED = "It is what If-None-Match names";

    private static final Duration READ_MAY_TAKE = Duration.ofSeconds(5);

    private final MemberStatuses statuses;
    private final WhoopDayStore reader;
    private final InternalAccess access;
    private final ObjectMapper mapper;
    private final Command store;

    /** @param store the command that runs every read of the database */
    public InternalDataResource(
            MemberStatuses statuses, WhoopDayStore reader, InternalAccess access, ObjectMapper mapper, Command store) {
        this.statuses = statuses;
        this.reader = reader;
        this.access = access;
        this.mapper = mapper;
        this.store = store;
    }

    /** The bodies and records of these answers, for the API's document: routes answer bytes. */
    public static List<Class<?>> described() {
        return List.of(
                RecordsBody.class,
                SingleBody.class,
                HealthBody.class,
                WhoopDetails.class,
                Workout.class,
                Profile.class,
                BodyMeasurement.class);
    }

    @GET
    @Path("/profile/{user_id}")
    @Operation(summary = "The profile")
    @ApiResponse(responseCode = "200", description = "What is held, with as_of and freshness")
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response profile(
            @PathParam("user_id") UserId who,
            @Parameter(hidden = true) @BeanParam DaysQuery query,
            @Context Request request) {
        query.refuseAny();
        return answer(
                request,
                reading(
                        who,
                        member -> single(
                                member,
                                member.isAwaited()
                                        ? null
                                        : reader.findProfile(who).orElse(null))));
    }

    @GET
    @Path("/body/{user_id}")
    @Operation(summary = "The body measurements")
    @ApiResponse(responseCode = "200", description = "What is held, with as_of and freshness")
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response body(
            @PathParam("user_id") UserId who,
            @Parameter(hidden = true) @BeanParam DaysQuery query,
            @Context Request request) {
        query.refuseAny();
        return answer(
                request,
                reading(
                        who,
                        member -> single(
                                member,
                                member.isAwaited()
                                        ? null
                                        : reader.findBodyMeasurement(who).orElse(null))));
    }

    @GET
    @Path("/cycles/{user_id}")
    @Operation(summary = "Cycles of days")
    @ApiResponse(responseCode = "200", description = "What is held, with as_of and freshness")
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response cycles(
            @PathParam("user_id") UserId who,
            @Parameter(hidden = true) @BeanParam DaysQuery query,
            @Context Request request) {
        return records(who, query, request, perCycle(cycle -> Stream.ofNullable(cycle.cycle())));
    }

    @GET
    @Path("/recovery/{user_id}")
    @Operation(summary = "Recoveries of days")
    @ApiResponse(responseCode = "200", description = "What is held, with as_of and freshness")
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response recovery(
            @PathParam("user_id") UserId who,
            @Parameter(hidden = true) @BeanParam DaysQuery query,
            @Context Request request) {
        return records(who, query, request, perCycle(cycle -> Stream.ofNullable(cycle.recovery())));
    }

    @GET
    @Path("/sleep/{user_id}")
    @Operation(summary = "Sleeps and naps of days")
    @ApiResponse(responseCode = "200", description = "What is held, with as_of and freshness")
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response sleep(
            @PathParam("user_id") UserId who,
            @Parameter(hidden = true) @BeanParam DaysQuery query,
            @Context Request request) {
        return records(
                who,
                query,
                request,
                perCycle(cycle -> Stream.of(
                                Stream.ofNullable(cycle.sleep()), cycle.otherSleeps().stream(), cycle.naps().stream())
                        .flatMap(Function.identity())));
    }

    @GET
    @Path("/workouts/{user_id}")
    @Operation(
            summary = "Workouts of days",
            description =
                    "A workout is of the day of the cycle it begins in if that cycle began at most 36 hours before,"
                            + " else of its own local date, whatever range is asked for.")
    @ApiResponse(responseCode = "200", description = "What is held, with as_of and freshness")
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response workouts(
            @PathParam("user_id") UserId who,
            @Parameter(hidden = true) @BeanParam DaysQuery query,
            @Context Request request) {
        return records(who, query, request, day -> day.workouts().stream());
    }

    /** Whether the member is connected, and how far reading is. */
    @GET
    @Path("/health/{user_id}")
    @Operation(summary = "Whether the member is connected, and how far reading is")
    @ApiResponse(responseCode = "200", description = "What is held, with as_of and freshness")
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response health(
            @PathParam("user_id") UserId who,
            @Parameter(hidden = true) @BeanParam DaysQuery query,
            @Context Request request) {
        query.refuseAny();
        return answer(request, reading(who, this::healthOf));
    }

    private HealthBody healthOf(Member member) {
        MemberStatus status = member.status();
        return new HealthBody(
                member.who().value(),
                member.asOf(),
                member.freshness(),
                status == null ? null : status.connection().whoopUserId(),
                status == null ? null : status.connection().connectedAt(),
                access.requests().findLatestRun(member.who()).map(RunBody::of).orElse(null),
                access.requests().findBackfill(member.who()).map(RunBody::of).orElse(null));
    }

    /** A member who is connected, or of whom records are held. */
    private record Member(UserId who, @Nullable MemberStatus status) {

        @Nullable
        Instant asOf() {
            return status == null ? null : status.asOf();
        }

        boolean isAwaited() {
            return status != null && status.isAccountUnconfirmed();
        }

        FreshnessBody freshness() {
            SyncFreshness freshness = status == null ? null : status.freshness();
            return new FreshnessBody(
                    status == null ? "not_connected" : status.dataStatus().word(),
                    freshness == null ? null : freshness.lastSyncedAt(),
                    freshness == null ? null : freshness.coveredFrom());
        }
    }

    /** Reads everything that one answer needs from the database. */
    private <T> T reading(UserId who, Function<Member, T> what) {
        if (!access.enabled().test(who)) {
            throw new IntegrationDisabled(WHOOP);
        }
        return store.run(Deadline.after(READ_MAY_TAKE), () -> what.apply(member(who)));
    }

    private Member member(UserId who) {
        MemberStatus status = statuses.find(who).orElse(null);
        if (status == null && !reader.holdsAnythingOf(who, Deadline.after(READ_MAY_TAKE))) {
            throw new MemberNotFound();
        }
        return new Member(who, status);
    }

    private Response records(UserId who, DaysQuery query, Request request, Function<WhoopDay, Stream<?>> recordsOf) {
        return answer(request, reading(who, member -> recordsOf(member, query, recordsOf)));
    }

    private RecordsBody recordsOf(Member member, DaysQuery query, Function<WhoopDay, Stream<?>> recordsOf) {
        UserId who = member.who();
        Instant now = access.clock().instant();
        HeldRecords held = member.isAwaited()
                ? HeldRecords.NOTHING
                : reader.read(who, query.toRead(now), now, Deadline.after(READ_MAY_TAKE));
        DayRange days = query.meant(now, held.newest());
        List<Object> records = WhoopDays.of(held, days).stream()
                .flatMap(recordsOf)
                .map(Object.class::cast)
                .toList();
        return new RecordsBody(
                who.value(),
                member.asOf(),
                member.freshness(),
                days.from().toString(),
                days.to().toString(),
                records);
    }

    private static Function<WhoopDay, Stream<?>> perCycle(Function<CycleRecords, Stream<?>> recordsOf) {
        return day -> Stream.concat(Stream.ofNullable(day.primary()), day.others().stream())
                .flatMap(cycle -> recordsOf.apply(Objects.requireNonNull(cycle)));
    }

    private static SingleBody single(Member member, @Nullable Object record) {
        return new SingleBody(member.who().value(), member.asOf(), member.freshness(), record);
    }

    /** The entity tag is a hash of the bytes that are sent. */
    private Response answer(Request request, Object body) {
        byte[] bytes = written(body);
        EntityTag tag = new EntityTag(HexFormat.of().formatHex(sha256(bytes), 0, 16));
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        return unchanged != null
                ? unchanged.build()
                : Response.ok(bytes, MediaType.APPLICATION_JSON_TYPE).tag(tag).build();
    }

    private byte[] written(Object body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record that cannot be written", e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * How current the answer is.
     *
     * @param status {@code ok}, {@code stale}, {@code reauthorization_required}, {@code not_connected}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"status", "last_synced_at", "covered_from"})
    record FreshnessBody(
            @JsonProperty("status") String status,
            @JsonProperty("last_synced_at") @Nullable Instant lastSyncedAt,
            @JsonProperty("covered_from") @Nullable Instant coveredFrom) {}

    @JsonPropertyOrder({"user_id", "as_of", "freshness", "from", "to", "records"})
    private record RecordsBody(
            @JsonProperty("user_id") String userId,
            @JsonProperty("as_of") @Nullable Instant asOf,
            @JsonProperty("freshness") FreshnessBody freshness,
            @JsonProperty("from") String from,
            @JsonProperty("to") String to,
            @JsonProperty("records") List<Object> records) {}

    @JsonPropertyOrder({"user_id", "as_of", "freshness", "record"})
    private record SingleBody(
            @JsonProperty("user_id") String userId,
            @JsonProperty("as_of") @Nullable Instant asOf,
            @JsonProperty("freshness") FreshnessBody freshness,
            @JsonProperty("record") @Nullable Object record) {}

    @JsonPropertyOrder({"user_id", "as_of", "freshness", "whoop_user_id", "connected_at", "sync"})
    private record HealthBody(
            @JsonProperty("user_id") String userId,
            @JsonProperty("as_of") @Nullable Instant asOf,
            @JsonProperty("freshness") FreshnessBody freshness,
            @JsonProperty("whoop_user_id") @Nullable Long whoopUserId,
            @JsonProperty("connected_at") @Nullable Instant connectedAt,
            @JsonProperty("sync") @Nullable RunBody sync,
            @JsonProperty("backfill") @Nullable RunBody backfill) {}
}
