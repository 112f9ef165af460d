package io.holisticos.unified;

import io.holisticos.health.DayRange;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Period;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.unified.KeptAnswers.Answer;
import io.holisticos.unified.WrittenAnswer.Said;
import io.holisticos.web.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Unified days of a person and the status of each source. */
@Path(UnifiedHealthResource.PATH)
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.HEALTH_READ)
@Tag(name = "Unified health", description = "Sahha and WHOOP in one answer")
public final class UnifiedHealthResource {

    static final String PATH = "/api/v1/unified-health";

    private static final String USER_ID = "The person as the caller names them, 1 to 100 characters";

    private static final String ETAG =
            "Weak: it is the revision, which says whether anything of the person that decides the answer changed; when a source"
                    + " was read does not. Absent while a source is unavailable";
    private static final String UNCHANGED =
            "Nothing that decides the answer has changed since the one whose ETag is in If-None-Match";

    /** Neither has {@code no-transform}: a proxy may compress an answer. */
    private static final String ASK_EACH_TIME = "private, no-cache";

    private static final String NOT_TO_BE_KEPT = "no-store";

    private final KeptAnswers answers;
    private final SourceName whoop;

    /** @param whoop the source that {@code include_whoop} switches */
    UnifiedHealthResource(KeptAnswers answers, SourceName whoop) {
        this.answers = answers;
        this.whoop = whoop;
    }

    @GET
    @Path("/overview/{user_id}")
    @Operation(operationId = "unifiedOverview", summary = "One day of a person from all sources")
    @ApiResponse(
            responseCode = "200",
            description = "The day; only what was measured is in it",
            headers = @Header(name = "ETag", description = ETAG, schema = @Schema(type = "string")),
            content = @Content(schema = @Schema(implementation = DayAnswer.class)))
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response overview(
            @Context Request request,
            @Parameter(description = USER_ID) @PathParam("user_id") UserId who,
            @Parameter(
                            description =
                                    "today, yesterday, YYYY-MM-DD or MM/DD/YYYY; the first two by the person's own time")
                    @QueryParam("period")
                    @DefaultValue("today")
                    String period,
            @Parameter(
                            description = "false leaves WHOOP out; its status is then excluded",
                            schema = @Schema(type = "boolean", defaultValue = "true"))
                    @QueryParam("include_whoop")
                    @DefaultValue("true")
                    String includeWhoop) {
        Set<SourceName> excluded = TrueOrFalse.parse("include_whoop", includeWhoop) ? Set.of() : Set.of(whoop);
        return response(request, answers.overview(who, Period.parse(period), excluded));
    }

    @GET
    @Path("/days/{user_id}")
    @Operation(operationId = "unifiedDays", summary = "A range of days of a person from all sources")
    @ApiResponse(
            responseCode = "200",
            description = "The days, oldest first, without processing_stats",
            headers = @Header(name = "ETag", description = ETAG, schema = @Schema(type = "string")),
            content = @Content(array = @ArraySchema(schema = @Schema(implementation = DayAnswer.class))))
    @ApiResponse(responseCode = "304", description = UNCHANGED)
    public Response days(
            @Context Request request,
            @Parameter(description = USER_ID) @PathParam("user_id") UserId who,
            @Parameter(description = "The first day, YYYY-MM-DD", required = true) @QueryParam("from") @Nullable
                    LocalDate from,
            @Parameter(description = "The last day, included; at most 366 days in all", required = true)
                    @QueryParam("to")
                    @Nullable
                    LocalDate to,
            @Parameter(
                            description = "false leaves out the records of each source, under its own name",
                            schema = @Schema(type = "boolean", defaultValue = "true"))
                    @QueryParam("details")
                    @DefaultValue("true")
                    String details) {
        boolean whole = TrueOrFalse.parse("details", details);
        DayRange days = range(from, to);
        return response(request, whole ? answers.days(who, days) : answers.mergedDays(who, days));
    }

    /** With a weak tag: an answer with the same one may tell another time at which a source was read. */
    private static Response response(Request request, Answer answer) {
        logSources(answer);
        if (!answer.written().isWhole()) {
            return Response.ok(bodyOf(answer))
                    .header(HttpHeaders.CACHE_CONTROL, NOT_TO_BE_KEPT)
                    .build();
        }
        EntityTag tag = new EntityTag(answer.written().revision(), true);
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        return (unchanged == null ? Response.ok(bodyOf(answer)) : unchanged.tag((EntityTag) null))
                .header(HttpHeaders.ETAG, "W/\"" + tag.getValue() + '"')
                .header(HttpHeaders.CACHE_CONTROL, ASK_EACH_TIME)
                .build();
    }

    private static StreamingOutput bodyOf(Answer answer) {
        return answer::writeTo;
    }

    @GET
    @Path("/sources/{user_id}")
    @Operation(
            operationId = "unifiedSources",
            summary = "How each source stands to a person",
            description = "available is true for status ok and stale.")
    @ApiResponse(
            responseCode = "200",
            description = "Every source, connected or not",
            content = @Content(schema = @Schema(implementation = SourcesAnswer.class)))
    public Response sources(@Parameter(description = USER_ID) @PathParam("user_id") UserId who) {
        Answer answer = answers.sources(who);
        logSources(answer);
        return Response.ok(bodyOf(answer)).build();
    }

    /** Adds each source to the log line of the request; what was at hand took no time. */
    private static void logSources(Answer answer) {
        List<Said> sources = answer.written().sources();
        for (int source = 0; source < sources.size(); source++) {
            Said said = sources.get(source);
            RequestContext.noteSource(
                    said.source(), said.status(), answer.times().of(source));
        }
    }

    /** Adds each source to the log line of the request, also when the report comes from another caller's reading. */
    static UnifiedReport logged(UnifiedReport report) {
        report.answers()
                .forEach(timed -> RequestContext.noteSource(
                        timed.answer().from().value(), timed.answer().status(), timed.took()));
        return report;
    }

    private static DayRange range(@Nullable LocalDate from, @Nullable LocalDate to) {
        if (from == null || to == null) {
            throw new InvalidRequest("from and to are required, each YYYY-MM-DD");
        }
        try {
            return DayRange.asked(from, to);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(String.valueOf(e.getMessage()), e);
        }
    }
}
