package io.holisticos.sahha.existing;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.SahhaRow;
import io.holisticos.web.OpenTo;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.LocalDate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sahha's rows, newest first, for the AI service. Needs no credential unless the deployment enforces one. */
@Path("/api/v1/sahha")
@OpenTo(OpenTo.Whom.EXISTING_CALLERS)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sahha by row", description = "Rows of Sahha, newest first, as callers have always read them")
@ApiResponse(responseCode = "400", description = "A parameter is missing or breaks its rule: {\"detail\":\"…\"}")
@ApiResponse(responseCode = "404", description = "Nobody is known by this id")
@ApiResponse(responseCode = "503", description = "Sahha cannot be reached and nothing is held")
public final class ExistingSahhaRowsResource {

    private final ExistingReads reads;
    private final KeptBodies bodies;

    ExistingSahhaRowsResource(ExistingReads reads, KeptBodies bodies) {
        this.reads = reads;
        this.bodies = bodies;
    }

    @GET
    @Path("scores")
    @Operation(summary = "Scores that start in a range of days")
    @ApiResponse(
            responseCode = "200",
            description = "The rows, newest first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            array = @ArraySchema(schema = @Schema(implementation = ExistingAnswers.ScoreRow.class))))
    public Object scores(
            @QueryParam("user_id") @Nullable String userId,
            @QueryParam("start_date") @Nullable String startDate,
            @QueryParam("end_date") @Nullable String endDate,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        return rows(SahhaKind.SCORES, userId, startDate, endDate, limit, ExistingAnswers.ScoreRow::of);
    }

    @GET
    @Path("biomarkers")
    @Operation(summary = "Biomarkers that start in a range of days")
    @ApiResponse(
            responseCode = "200",
            description = "The rows, newest first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            array =
                                    @ArraySchema(
                                            schema = @Schema(implementation = ExistingAnswers.BiomarkerRow.class))))
    public Object biomarkers(
            @QueryParam("user_id") @Nullable String userId,
            @QueryParam("start_date") @Nullable String startDate,
            @QueryParam("end_date") @Nullable String endDate,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        return rows(SahhaKind.BIOMARKERS, userId, startDate, endDate, limit, ExistingAnswers.BiomarkerRow::of);
    }

    @GET
    @Path("archetypes")
    @Operation(summary = "Archetypes that start in a range of days")
    @ApiResponse(
            responseCode = "200",
            description = "The rows, newest first",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            array =
                                    @ArraySchema(
                                            schema = @Schema(implementation = ExistingAnswers.ArchetypeRow.class))))
    public Object archetypes(
            @QueryParam("user_id") @Nullable String userId,
            @QueryParam("start_date") @Nullable String startDate,
            @QueryParam("end_date") @Nullable String endDate,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        return rows(SahhaKind.ARCHETYPES, userId, startDate, endDate, limit, ExistingAnswers.ArchetypeRow::of);
    }

    private record Question(
            SahhaKind kind,
            @Nullable LocalDate from,
            @Nullable LocalDate to,
            int limit) {}

    private byte[] rows(
            SahhaKind kind,
            @Nullable String userId,
            @Nullable String startDate,
            @Nullable String endDate,
            String limitText,
            Function<SahhaRow, Object> written) {
        UserId who = ExistingParameters.user("user_id", userId);
        LocalDate from = ExistingParameters.date("start_date", startDate);
        LocalDate to = ExistingParameters.date("end_date", endDate);
        if (from != null && to != null && from.isAfter(to)) {
            throw new InvalidRequest("start_date must not be after end_date");
        }
        int limit = ExistingParameters.limit(limitText);
        return bodies.body(
                who,
                new Question(kind, from, to, limit),
                () -> reads.rows(kind, who, from, to, limit),
                rows -> rows.stream().map(written).toList());
    }
}
