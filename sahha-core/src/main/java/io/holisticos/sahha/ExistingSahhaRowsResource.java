package io.holisticos.sahha;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.UserId;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sahha's rows as they are held, newest first, for the AI service. Open, as it always was. */
@Path("/api/v1/sahha")
@Produces(MediaType.APPLICATION_JSON)
public final class ExistingSahhaRowsResource {

    private final ExistingReads reads;

    ExistingSahhaRowsResource(ExistingReads reads) {
        this.reads = reads;
    }

    @GET
    @Path("scores")
    public List<?> scores(
            @QueryParam("user_id") @Nullable String userId,
            @QueryParam("start_date") @Nullable String startDate,
            @QueryParam("end_date") @Nullable String endDate,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        return rows(Kind.SCORES, userId, startDate, endDate, limit).stream()
                .map(ExistingAnswers.ScoreRow::of)
                .toList();
    }

    @GET
    @Path("biomarkers")
    public List<?> biomarkers(
            @QueryParam("user_id") @Nullable String userId,
            @QueryParam("start_date") @Nullable String startDate,
            @QueryParam("end_date") @Nullable String endDate,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        return rows(Kind.BIOMARKERS, userId, startDate, endDate, limit).stream()
                .map(ExistingAnswers.BiomarkerRow::of)
                .toList();
    }

    @GET
    @Path("archetypes")
    public List<?> archetypes(
            @QueryParam("user_id") @Nullable String userId,
            @QueryParam("start_date") @Nullable String startDate,
            @QueryParam("end_date") @Nullable String endDate,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        return rows(Kind.ARCHETYPES, userId, startDate, endDate, limit).stream()
                .map(ExistingAnswers.ArchetypeRow::of)
                .toList();
    }

    private List<Row> rows(
            Kind kind, @Nullable String userId, @Nullable String startDate, @Nullable String endDate, String limit) {
        UserId who = Parameters.user("user_id", userId);
        LocalDate from = Parameters.date("start_date", startDate);
        LocalDate to = Parameters.date("end_date", endDate);
        if (from != null && to != null && from.isAfter(to)) {
            throw new InvalidRequest("start_date must not be after end_date");
        }
        return reads.rows(kind, who, from, to, Parameters.limit(limit));
    }
}
