package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.Reply;
import io.holisticos.twins.http.TwinServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** The calls that issue tokens. Bodies are read tolerantly, as by the real service. */
final class OAuthRoutes {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String APP_ID = "sandbox-sahha-app"; // the phone app's SDK registers profiles
    private static final String APP_SECRET = "sandbox-sahha-app-secret";
    private static final int LONGEST_EXTERNAL_ID = 100; // Sahha documentation, Register and Authenticate Profiles

    private final SahhaTwinOptions options;
    private final Tokens tokens;
    private final Profiles profiles;
    private final CallAuthorizer authorizer;
    private final Quirks quirks;
    private final Clock clock;

    OAuthRoutes(
            SahhaTwinOptions options,
            Tokens tokens,
            Profiles profiles,
            CallAuthorizer authorizer,
            Quirks quirks,
            Clock clock) {
        this.options = options;
        this.tokens = tokens;
        this.profiles = profiles;
        this.authorizer = authorizer;
        this.quirks = quirks;
        this.clock = clock;
    }

    void serve(TwinServer server) {
        server.route("POST", "/api/v1/oauth/account/token", this::accountToken);
        server.route(
                "POST", "/api/v1/oauth/profile/register", call -> authorizer.forAccount(call, now -> register(call)));
        server.route("POST", "/api/v1/oauth/profile/register/appId", this::registerOrSignIn);
        server.route(
                "POST", "/api/v1/oauth/profile/token", call -> authorizer.forAccount(call, now -> profileToken(call)));
        server.route("POST", "/api/v1/oauth/profile/refreshToken", this::refresh);
    }

    private Reply accountToken(Call call) {
        JsonNode body = body(call);
        boolean known = same(options.clientId(), text(body, "clientId"))
                && same(options.clientSecret(), text(body, "clientSecret"));
        if (!known) {
            return authorizer.unauthorized();
        }
        var answer = JsonNodeFactory.instance
                .objectNode()
                .put("accountToken", tokens.issueAccount(options.tokenLifetime()))
                .put("tokenType", "Account");
        return Reply.json(200, expiring(answer, options.tokenLifetime()));
    }

    private Reply register(Call call) {
        String externalId = text(body(call), "externalId");
        if (isNoExternalId(externalId)) {
            return noExternalId();
        }
        return profiles.register(externalId, clock.instant())
                .map(profile -> Reply.json(201, tokensOf(profile, options.tokenLifetime())))
                .orElseGet(() -> authorizer.invalid("externalId", "The externalId is already in use."));
    }

    /** Takes the credentials of the phone app, and registers the profile if it does not exist. */
    private Reply registerOrSignIn(Call call) {
        boolean known = same(APP_ID, call.header("AppId").orElse(""))
                && same(APP_SECRET, call.header("AppSecret").orElse(""));
        if (!known) {
            return authorizer.unauthorized();
        }
        String externalId = text(body(call), "externalId");
        if (isNoExternalId(externalId)) {
            return noExternalId();
        }
        return profiles.register(externalId, clock.instant())
                .or(() -> profiles.find(externalId))
                .map(profile -> Reply.json(201, tokensOf(profile, options.tokenLifetime())))
                .orElseGet(authorizer::unauthorized); // it was deleted in the meantime
    }

    private static boolean isNoExternalId(String text) {
        return text.isBlank() || text.length() > LONGEST_EXTERNAL_ID;
    }

    private Reply noExternalId() {
        return authorizer.invalid("externalId", "The externalId field is required and has at most 100 characters.");
    }

    private Reply profileToken(Call call) {
        JsonNode body = body(call);
        Optional<Profile> profile = profiles.find(text(body, "externalId"));
        long seconds = body.path("lifetime").asLong(options.tokenLifetime().toSeconds());
        if (profile.isEmpty() || seconds < 1) {
            return authorizer.invalid("externalId", "The profile does not exist.");
        }
        return Reply.json(200, tokensOf(profile.get(), Duration.ofSeconds(seconds)));
    }

    private Reply refresh(Call call) {
        return tokens.refresh(text(body(call), "refreshToken"))
                .flatMap(profiles::find)
                .map(profile -> Reply.json(200, tokensOf(profile, options.tokenLifetime())))
                .orElseGet(authorizer::invalidRefreshToken);
    }

    private ObjectNode tokensOf(Profile profile, Duration lifetime) {
        var answer = JsonNodeFactory.instance.objectNode().put("profileToken", tokens.issueProfile(profile, lifetime));
        return expiring(answer, lifetime).put("tokenType", "Profile").put("refreshToken", tokens.issueRefresh(profile));
    }

    private ObjectNode expiring(ObjectNode answer, Duration lifetime) {
        long seconds = quirks.on(SahhaQuirk.UNDERSTATED_EXPIRES_IN) ? 3600 : lifetime.toSeconds();
        return quirks.on(SahhaQuirk.STRING_EXPIRES_IN)
                ? answer.put("expiresIn", Long.toString(seconds))
                : answer.put("expiresIn", seconds);
    }

    private static JsonNode body(Call call) {
        try {
            return MAPPER.readTree(call.body());
        } catch (IOException e) {
            return MissingNode.getInstance(); // without fields, which each route answers in its own way
        }
    }

    private static String text(JsonNode body, String field) {
        return body.path(field).asText("");
    }

    private static boolean same(String expected, String given) {
        return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
