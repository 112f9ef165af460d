package io.holisticos.sahha.webhook;

import io.holisticos.sahha.data.SahhaEvent;
import io.holisticos.web.OpenTo;
import io.holisticos.web.WebhookOutcome;
import io.holisticos.web.WebhookReceiver;
import io.holisticos.web.WebhookSecrets;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Where Sahha delivers its events. Answers as soon as they are stored; the fetch comes later. */
@Path("/webhooks/sahha")
@OpenTo(OpenTo.Whom.SENDERS_OF_WEBHOOKS)
@Tag(name = "Webhooks", description = "What the sources tell by themselves")
public final class SahhaWebhookResource {

    private static final String SIGNATURE = "X-Signature";
    private static final String TYPE = "X-Event-Type";

    private final WebhookSecrets secrets;
    private final SahhaInbox inbox;
    private final WebhookReceiver door;

    public SahhaWebhookResource(WebhookSecrets secrets, SahhaInbox inbox, WebhookReceiver door) {
        this.secrets = secrets;
        this.inbox = inbox;
        this.door = door;
    }

    /** Sahha's signature has no time, so an old delivery can be sent again: it causes one fetch, at most once a week. */
    @POST
    @Consumes(MediaType.WILDCARD) // WebhookReceiver refuses other types itself, to count them
    @Operation(
            summary = "Take in an event of Sahha",
            description = "For Sahha only: signed with the webhook's secret, at most 64 kB.",
            parameters = {
                @Parameter(
                        name = SIGNATURE,
                        in = ParameterIn.HEADER,
                        required = true,
                        description = "HMAC-SHA256 over the raw body, in hex"),
                @Parameter(
                        name = TYPE,
                        in = ParameterIn.HEADER,
                        required = true,
                        description = "such as ScoreCreatedIntegrationEvent")
            },
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_JSON,
                                            schema = @Schema(type = "object"))))
    @SecurityRequirements
    @ApiResponse(responseCode = "204", description = "Durably stored, now or before")
    @ApiResponse(responseCode = "400", description = "Signed well, but no event")
    @ApiResponse(responseCode = "401", description = "Not signed by Sahha")
    @ApiResponse(responseCode = "413", description = "More than 64 kB")
    @ApiResponse(responseCode = "415", description = "Not JSON, or with a Content-Encoding")
    @ApiResponse(responseCode = "503", description = "Cannot be stored for now: send it again")
    public Response receive(@Parameter(hidden = true) InputStream body, @Context HttpHeaders headers) {
        return door.receive(headers, body, bytes -> verified(headers, bytes));
    }

    private WebhookOutcome verified(HttpHeaders headers, byte[] body) {
        String signature = headers.getHeaderString(SIGNATURE);
        if (signature == null || !secrets.signed(signature.toLowerCase(Locale.ROOT), HexFormat.of()::formatHex, body)) {
            return WebhookOutcome.BAD_SIGNATURE;
        }
        List<SahhaEvent> events = SahhaEventParser.parse(body, headers.getHeaderString(TYPE));
        return events.isEmpty() ? WebhookOutcome.GARBAGE : inbox.store(body, events);
    }
}
