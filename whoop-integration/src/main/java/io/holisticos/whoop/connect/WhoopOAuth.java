package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.AuthorizationRequest;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.Reply;
import io.holisticos.whoop.api.ForbiddenCalls;
import io.holisticos.whoop.connect.TokenAnswer.Granted;
import io.holisticos.whoop.connect.TokenAnswer.Misconfigured;
import io.holisticos.whoop.connect.TokenAnswer.Refused;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** WHOOP's authorization server, spoken to by the book (WHOOP "OAuth 2.0", read 2026-10). Thread-safe. */
public final class WhoopOAuth {

    private static final Logger log = LoggerFactory.getLogger(WhoopOAuth.class);

    /** Of the token endpoint. */
    public static final CommandKey TOKEN = new CommandKey("WHOOP_TOKEN");

    /** WHOOP says {@code expires_in: 3600}; assumed where it says nothing. */
    private static final long USUAL_LIFE_SECONDS = 3600;

    private static final BigDecimal LONGEST_LIFE_SECONDS =
            BigDecimal.valueOf(Duration.ofDays(365).toSeconds());

    /** What a header can carry (RFC 6750, 2.1, and some more). */
    private static final Pattern TOKEN_FORM = Pattern.compile("[\\x21-\\x7e]+");

    /** A spent refresh token is an invalid_request at WHOOP (seen), an invalid_grant elsewhere. */
    private static final Set<String> TERMINAL = Set.of("invalid_request", "invalid_grant", "invalid_scope");

    /** How long to stay away from a server that refuses our application. */
    static final Duration UNTIL_AN_OPERATOR_ACTED = Duration.ofMinutes(5);

    private static final Duration SOON = Duration.ofMinutes(1);

    private final Outbound outbound;
    private final ConnectConfiguration configuration;
    private final ForbiddenCalls forbidden;
    private final ClientSecretPost client;

    /** @param outbound to WHOOP, without authorization or budget of its own: credentials travel in the body */
    public WhoopOAuth(Outbound outbound, ConnectConfiguration configuration, ForbiddenCalls forbidden) {
        this.outbound = outbound.announceUninterrupted(TOKEN);
        this.configuration = configuration;
        this.forbidden = forbidden;
        this.client =
                new ClientSecretPost(new ClientID(configuration.clientId), new Secret(configuration.clientSecret));
    }

    /** Where a member gives consent. */
    URI authorizationUrl(String state) {
        return new AuthorizationRequest.Builder(new ResponseType(ResponseType.Value.CODE), client.getClientID())
                .endpointURI(configuration.authorizeUrl)
                .redirectionURI(configuration.redirectUri())
                .scope(requestedScope())
                .state(new State(state))
                .build()
                .toURI();
    }

    /** What a member has to grant. */
    Set<String> requestedScopes() {
        return Set.copyOf(configuration.scopes);
    }

    /** Trades a code for tokens. */
    TokenAnswer exchange(UserId who, String code, Deadline deadline) {
        return ask(
                who,
                new AuthorizationCodeGrant(new AuthorizationCode(code), configuration.redirectUri()),
                null,
                deadline);
    }

    /** Trades a refresh token for the next pair. Once this was sent, the old pair may be dead, whatever comes back. */
    TokenAnswer refresh(UserId who, String refreshToken, Deadline deadline) {
        return ask(who, new RefreshTokenGrant(new RefreshToken(refreshToken)), new Scope("offline"), deadline);
    }

    /** A refresh was spared: the same was under way. */
    void shared() {
        outbound.answeredFromCache(TOKEN);
    }

    private TokenAnswer ask(UserId who, AuthorizationGrant grant, @Nullable Scope scope, Deadline deadline) {
        String form = new TokenRequest(configuration.tokenUrl, client, grant, scope)
                .toHTTPRequest()
                .getBody();
        Call call = new Call(
                TOKEN,
                who,
                "POST",
                configuration.tokenUrl,
                Map.of("Accept", "application/json"),
                new Call.Body("application/x-www-form-urlencoded", form.getBytes(StandardCharsets.UTF_8)),
                false);
        Reply reply = outbound.call(call, deadline);
        return reply.isSuccess() ? granted(reply) : refused(reply);
    }

    private TokenAnswer granted(Reply reply) {
        try {
            var answer = JSONObjectUtils.parse(text(reply));
            long lifetime = lifetime(answer.remove("expires_in"));
            AccessTokenResponse response = AccessTokenResponse.parse(answer);
            var access = response.getTokens().getAccessToken();
            var refresh = response.getTokens().getRefreshToken();
            if (!TOKEN_FORM.matcher(access.getValue()).matches()) { // no header can carry it
                throw new BadSourceReply(WHOOP, "an access token of no form with status " + reply.status());
            }
            Scope scope = access.getScope(); // left out means: as asked (RFC 6749, 5.1)
            return new Granted(
                    access.getValue(),
                    refresh == null ? null : refresh.getValue(),
                    lifetime,
                    scope == null ? requestedScopes() : Set.copyOf(scope.toStringList()));
        } catch (ParseException e) { // its message may quote the body, so it is not kept
            throw new BadSourceReply(WHOOP, "no tokens with status " + reply.status());
        }
    }

    /** In seconds; by any spelling of the number, for the code it was bought with is spent. Nonsense is no lifetime. */
    private static long lifetime(@Nullable Object expiresIn) {
        try {
            BigDecimal seconds = new BigDecimal(String.valueOf(expiresIn));
            boolean sane = seconds.compareTo(BigDecimal.ONE) >= 0 && seconds.compareTo(LONGEST_LIFE_SECONDS) <= 0;
            return sane ? seconds.longValue() : USUAL_LIFE_SECONDS;
        } catch (NumberFormatException e) {
            return USUAL_LIFE_SECONDS;
        }
    }

    private TokenAnswer refused(Reply reply) {
        if (reply.status() == 403) { // nothing that a server of OAuth says there: the edge, whatever it wrote
            forbidden.note(TOKEN, reply);
            throw new SourceUnavailable(WHOOP, reply.retryAfter().orElse(SOON));
        }
        String error = errorOf(reply);
        if ("invalid_client".equals(error)) {
            log.error("event=whoop_client_refused hint=\"check whoop.connect.clientId and clientSecret\"");
            return new Misconfigured();
        }
        if (reply.status() == 400 && error != null && TERMINAL.contains(error)) {
            return new Refused(error);
        }
        log.warn("event=whoop_token_endpoint_unclear status={}", reply.status());
        throw new SourceUnavailable(WHOOP, reply.retryAfter().orElse(SOON));
    }

    private static @Nullable String errorOf(Reply reply) {
        try {
            return ErrorObject.parse(JSONObjectUtils.parse(text(reply))).getCode();
        } catch (ParseException e) { // an edge speaking, not the server
            return null;
        }
    }

    private Scope requestedScope() {
        return new Scope(configuration.scopes.toArray(String[]::new));
    }

    private static String text(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }
}
