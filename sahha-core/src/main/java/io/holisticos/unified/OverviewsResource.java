package io.holisticos.unified;

import com.fasterxml.jackson.databind.JsonNode;
import io.dropwizard.auth.Auth;
import io.holisticos.health.WhatFailed;
import io.holisticos.web.Caller;
import io.holisticos.web.MembersInBody;
import io.holisticos.web.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unified overviews of many members in one request. */
@Path(UnifiedHealthResource.PATH + "/overviews")
@Produces({OverviewsResource.NDJSON, MediaType.APPLICATION_JSON})
@RolesAllowed(Scope.HEALTH_READ)
@Tag(name = "Unified health", description = "Sahha and WHOOP in one answer")
public final class OverviewsResource {

    private static final Logger log = LoggerFactory.getLogger(OverviewsResource.class);

    static final String NDJSON = "application/x-ndjson";

    private final OverviewLines lines;

    OverviewsResource(OverviewLines lines) {
        this.lines = lines;
    }

    /** Everything that is wrong with the request is said before the first line. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(operationId = "unifiedOverviews", summary = "One day of many persons from all sources, one line each")
    @ApiResponse(
            responseCode = "200",
            description = "As many lines as members were named; fewer when the connection broke",
            content =
                    @Content(
                            mediaType = NDJSON,
                            schema = @Schema(oneOf = {DayAnswer.class, OverviewLines.ProblemLine.class})))
    @ApiResponse(responseCode = "400", description = "The body breaks a rule; nothing was read")
    @ApiResponse(
            responseCode = "503",
            description = "Too many such requests at once; Retry-After says when to come back")
    @MembersInBody
    public Response overviews(
            @Parameter(hidden = true) @Auth Caller caller,
            @RequestBody(required = true, content = @Content(schema = @Schema(implementation = OverviewsRequest.class)))
                    @Nullable
                    JsonNode body) {
        OverviewsRequest request = OverviewsRequest.of(body);
        StreamingOutput written = out -> write(request, caller, out);
        return Response.ok(written, NDJSON).build();
    }

    /** The caller may be gone before the last line: no fault of ours, and nobody is left to be told. */
    private void write(OverviewsRequest request, Caller caller, OutputStream out) {
        try {
            lines.write(request, caller::maySee, out);
        } catch (IOException gone) {
            log.info("event=caller_gone cause=\"{}\"", WhatFailed.inWords(gone));
        }
    }
}
