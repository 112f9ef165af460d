package io.holisticos.sahha.existing;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import io.holisticos.sahha.data.DayRows;
import io.holisticos.web.AccessRules;
import io.holisticos.web.Credentials;
import io.holisticos.web.OpenTo;
import io.holisticos.web.Scope;
import io.holisticos.web.SessionPort;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One day of Sahha data, for the dashboard's backend. Needs no credential unless the deployment enforces one. */
@Path("/api/v1/health-metrics")
@OpenTo(OpenTo.Whom.EXISTING_CALLERS)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sahha by day", description = "One day of Sahha data, as callers have always read it")
@ApiResponse(responseCode = "400", description = "A parameter is missing or breaks its rule: {\"detail\":\"…\"}")
@ApiResponse(responseCode = "404", description = "Nobody is known by this id")
@ApiResponse(responseCode = "503", description = "Sahha cannot be reached and nothing is held")
public final class ExistingHealthMetricsResource {

    private final ExistingReads reads;
    private final KeptBodies bodies;
    private final WhoopPart whoop;
    private final AccessRules rules;

    ExistingHealthMetricsResource(ExistingReads reads, KeptBodies bodies, WhoopPart whoop, AccessRules rules) {
        this.reads = reads;
        this.bodies = bodies;
        this.whoop = whoop;
        this.rules = rules;
    }

    /** What of a day. */
    private enum Part {
        OVERVIEW,
        ACTIVITY,
        SLEEP,
        RECOVERY,
        SCORES,
        BIOMARKERS
    }

    private record Question(Part part, Period period) {}

    private interface DayReading {
        KeptBodies.Answer<ExistingReads.Day> read(UserId who, Period period);
    }

    private byte[] body(
            Part part, @Nullable String profileId, String text, DayReading reading, Function<DayRows, Object> written) {
        UserId who = ExistingParameters.user("profile_id", profileId);
        Period period = ExistingParameters.period(text);
        return bodies.body(
                who, new Question(part, period), () -> reading.read(who, period), day -> written.apply(day.rows()));
    }

    /** {@code include_whoop=true} always needs a credential, which is checked before anything is read. */
    @GET
    @Path("overview")
    @Operation(
            summary = "Scores and main values of a day; WHOOP beside them on request",
            description =
                    "include_whoop=true adds two keys: whoop, the day in WHOOP's own words, and combined, the metrics"
                            + " of all sources merged, as metrics of the unified overview of the same date. Whoever sums up takes"
                            + " combined: what stands in both whoop and Sahha's rows is one measurement there. Values that are not"
                            + " there, a source that is away included, have no key.")
    @ApiResponse(
            responseCode = "200",
            description = "The day; with include_whoop=true the parts whoop and combined",
            content = @Content(schema = @Schema(implementation = ExistingAnswers.Overview.class)))
    public Object overview(
            @Context HttpHeaders headers,
            @Context UriInfo uri,
            @QueryParam("include_whoop") @DefaultValue("false") String includeWhoop,
            @QueryParam("profile_id") @Nullable String profileId,
            @QueryParam("period") @DefaultValue("today") String period) {
        boolean withWhoop = includeWhoop.equalsIgnoreCase("true");
        if (withWhoop) {
            rules.require(Credentials.of(SessionPort.API, "GET", headers::getRequestHeader), Scope.HEALTH_READ, uri);
        }
        checkFlag(includeWhoop);
        return withWhoop
                ? withWhoop(ExistingParameters.user("profile_id", profileId), ExistingParameters.period(period))
                : body(Part.OVERVIEW, profileId, period, reads::overview, ExistingAnswers.Overview::of);
    }

    /** Is not kept: what WHOOP tells changes otherwise. */
    private ExistingAnswers.Overview withWhoop(UserId who, Period period) {
        ExistingReads.Day day = reads.overview(who, period).content();
        return ExistingAnswers.Overview.of(day.rows()).with(whoop.read(who, day.date()));
    }

    @GET
    @Path("activity")
    @Operation(summary = "Steps and energy of a day")
    @ApiResponse(
            responseCode = "200",
            description = "The day",
            content = @Content(schema = @Schema(implementation = ExistingAnswers.Activity.class)))
    public Object activity(
            @QueryParam("profile_id") @Nullable String profileId,
            @QueryParam("period") @DefaultValue("today") String period) {
        return body(Part.ACTIVITY, profileId, period, reads::biomarkers, ExistingAnswers.Activity::of);
    }

    @GET
    @Path("sleep")
    @Operation(summary = "Sleep of a day")
    @ApiResponse(
            responseCode = "200",
            description = "The day",
            content = @Content(schema = @Schema(implementation = ExistingAnswers.Sleep.class)))
    public Object sleep(
            @QueryParam("profile_id") @Nullable String profileId,
            @QueryParam("period") @DefaultValue("today") String period) {
        return body(Part.SLEEP, profileId, period, reads::both, ExistingAnswers.Sleep::of);
    }

    @GET
    @Path("recovery")
    @Operation(summary = "Vital signs of a day")
    @ApiResponse(
            responseCode = "200",
            description = "The rows of the day",
            content = @Content(schema = @Schema(implementation = ExistingAnswers.Biomarkers.class)))
    public Object recovery(
            @QueryParam("profile_id") @Nullable String profileId,
            @QueryParam("period") @DefaultValue("today") String period) {
        return body(
                Part.RECOVERY,
                profileId,
                period,
                reads::biomarkers,
                day -> new ExistingAnswers.Biomarkers(ExistingAnswers.BiomarkerRow.of(day, "vitals")));
    }

    @GET
    @Path("scores")
    @Operation(summary = "Scores of a day, whole numbers from 0 to 100")
    @ApiResponse(
            responseCode = "200",
            description = "The scores of the day; one that is not there has no key",
            content = @Content(schema = @Schema(implementation = ExistingAnswers.Scores.class)))
    public Object scores(
            @QueryParam("profile_id") @Nullable String profileId,
            @QueryParam("period") @DefaultValue("today") String period) {
        return body(Part.SCORES, profileId, period, reads::scores, ExistingAnswers.Scores::of);
    }

    @GET
    @Path("biomarkers")
    @Operation(summary = "Biomarkers of a day")
    @ApiResponse(
            responseCode = "200",
            description = "The rows of the day",
            content = @Content(schema = @Schema(implementation = ExistingAnswers.Biomarkers.class)))
    public Object biomarkers(
            @QueryParam("profile_id") @Nullable String profileId,
            @QueryParam("period") @DefaultValue("today") String period) {
        return body(
                Part.BIOMARKERS,
                profileId,
                period,
                reads::biomarkers,
                day -> new ExistingAnswers.Biomarkers(day.biomarkers().stream()
                        .map(ExistingAnswers.BiomarkerRow::of)
                        .toList()));
    }

    private static void checkFlag(String text) {
        String flag = text.toLowerCase(Locale.ROOT);
        if (!flag.equals("true") && !flag.equals("false")) {
            throw new InvalidRequest("include_whoop must be true or false");
        }
    }
}
