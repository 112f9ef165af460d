package io.holisticos.whoop.webhook;

import io.holisticos.web.OpenTo;
import io.holisticos.web.WebhookOutcome;
import io.holisticos.web.WebhookReceiver;
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
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Receives the events that WHOOP sends. Answers once an event is durable; the work comes later. */
@Path(WhoopWebhookResource.PATH)
@OpenTo(OpenTo.Whom.SENDERS_OF_WEBHOOKS)
@Tag(name = "Webhooks", description = "What the sources tell by themselves")
public final class WhoopWebhookResource {

    /** As it is registered in WHOOP's dashboard, below our public address. */
    public static final String PATH = "/webhooks/whoop";

    private final WhoopSignature signature;
    private final WebhookInbox inbox;
    private final WebhookReceiver door;

    /**
     * Answers for one application of WHOOP.
     *
     * @param clientSecret the key of the signature, unless the configuration names another secret
     */
    public WhoopWebhookResource(
            WebhookConfiguration configuration,
            String clientSecret,
            WebhookInbox inbox,
            WebhookReceiver door,
            Clock clock) {
        this.signature = new WhoopSignature(configuration.secrets(clientSecret), clock);
        this.inbox = inbox;
        this.door = door;
    }

    /** Events are kept while WHOOP is switched off, too: none may be lost. */
    @POST
    @Consumes(MediaType.WILDCARD) // the door refuses other types itself, so that it counts them
    @Operation(
            summary = "Take in an event of WHOOP",
            description = "For WHOOP only: signed with the application's secret, at most 64 kB. Also while WHOOP is"
                    + " switched off.",
            parameters = {
                @Parameter(
                        name = WhoopSignature.SIGNATURE,
                        in = ParameterIn.HEADER,
                        required = true,
                        description = "base64 of HMAC-SHA256 over the timestamp's text and the raw body"),
                @Parameter(
                        name = WhoopSignature.TIMESTAMP,
                        in = ParameterIn.HEADER,
                        required = true,
                        description = "milliseconds since 1970, at most 75 minutes ago")
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
    @ApiResponse(responseCode = "401", description = "Not signed by WHOOP, or too long ago")
    @ApiResponse(responseCode = "413", description = "More than 64 kB")
    @ApiResponse(responseCode = "415", description = "Not JSON, or with a Content-Encoding")
    @ApiResponse(responseCode = "503", description = "Cannot be stored for now: send it again")
    public Response receive(@Parameter(hidden = true) InputStream body, @Context HttpHeaders headers) {
        return door.receive(
                headers,
                body,
                bytes -> verified(
                        headers.getHeaderString(WhoopSignature.SIGNATURE),
                        headers.getHeaderString(WhoopSignature.TIMESTAMP),
                        bytes));
    }

    private WebhookOutcome verified(@Nullable String signed, @Nullable String timestamp, byte[] body) {
        return signature
                .refusal(signed, timestamp, body)
                .orElseGet(() -> WhoopEvent.parse(body, String.valueOf(timestamp))
                        .map(event -> inbox.store(event, body))
                        .orElse(WebhookOutcome.GARBAGE));
    }
}
