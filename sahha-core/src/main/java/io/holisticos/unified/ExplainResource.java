package io.holisticos.unified;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Metric;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import io.holisticos.web.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
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
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why a day has the value that it has. */
@Path("/api/v1/unified-health/explain/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Scope.HEALTH_READ)
@Tag(name = "Unified health")
public final class ExplainResource {

    /** Older than any device that a source of ours reads. */
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);

    /** Where days begin first. A member's own today may be there. */
    private static final ZoneOffset EARLIEST = ZoneOffset.ofHours(14);

    private final UnifiedFlow flow;
    private final DayMerge merge;
    private final Clock clock;

    ExplainResource(UnifiedFlow flow, DayMerge merge, Clock clock) {
        this.flow = flow;
        this.merge = merge;
        this.clock = clock;
    }

    @GET
    @Operation(
            operationId = "explain",
            summary = "Why a day has this value of a metric, or none",
            description =
                    "Every value that a source has, the gates it passed, why it lost, which order of sources decided, and what"
                            + " other orders would have shown. It is the same merge as that of the unified day. Without a value,"
                            + " missing says why there is none.")
    @ApiResponse(
            responseCode = "200",
            description = "The value and all that it was chosen from",
            content = @Content(schema = @Schema(implementation = ExplainAnswer.class)))
    @ApiResponse(
            responseCode = "400",
            description =
                    "A parameter breaks its rule: errors[] says what is allowed, such as the names of all metrics")
    public ExplainAnswer explain(
            @Parameter(description = "The person as the caller names them, 1 to 100 characters") @PathParam("user_id")
                    UserId who,
            @Parameter(
                            description = "A name under metrics of a unified day, such as heart_rate.resting",
                            required = true)
                    @QueryParam("metric")
                    @Nullable
                    String metric,
            @Parameter(
                            description =
                                    "today, yesterday, YYYY-MM-DD or MM/DD/YYYY, from 2000-01-01 to today; the first two"
                                            + " by the person's own time")
                    @QueryParam("date")
                    @DefaultValue("today")
                    String date) {
        Metric asked = metric(metric);
        Period day = day(date);
        UnifiedReport report = UnifiedHealthResource.logged(flow.read(who, day, Set.of()));
        return ExplainAnswer.of(
                report, merge.explain(report.days().get(0).date(), asked, report.said(), report.member()));
    }

    private static Metric metric(@Nullable String name) {
        return Metric.find(name == null ? "" : name)
                .orElseThrow(() -> new InvalidRequest(
                        List.of("metric: " + (name == null ? "is required" : "there is no such metric")
                                + ", allowed are " + String.join(", ", PreferencesReader.allMetrics()))));
    }

    private Period day(String text) {
        Period day = Period.parse("date", text);
        LocalDate last = LocalDate.ofInstant(clock.instant(), EARLIEST);
        LocalDate date = day.date();
        if (date != null && (date.isBefore(FIRST_DAY) || date.isAfter(last))) {
            throw new InvalidRequest(List.of("date: must be from " + FIRST_DAY + " to " + last + ", was " + date));
        }
        return day;
    }
}
