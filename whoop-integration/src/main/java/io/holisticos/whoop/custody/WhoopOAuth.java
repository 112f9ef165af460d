package io.holisticos.whoop.custody;

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
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
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
import io.holisticos.whoop.custody.TokenResponse.Granted;
import io.holisticos.whoop.custody.TokenResponse.Misconfigured;
import io.holisticos.whoop.custody.TokenResponse.Refused;
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

/** WHOOP's authorization server (WHOOP "OAuth 2.0", read 2026-10). Thread-safe. */
public final class WhoopOAuth {

    private static final Logger log = LoggerFactory.getLogger(WhoopOAuth.class);

    /** The command key of refreshes. */
    public static final CommandKey TOKEN = new CommandKey("WHOOP_TOKEN");

    /**
     * The command key of exchanges of codes. Browsers bring codes, as many and as wrong as they like, so they have a breaker
     * and a bulkhead of their own: the refreshes of all members must not depend on them.
     */
    public static final CommandKey CODE = new CommandKey("WHOOP_CODE");

    /** WHOOP sends {@code expires_in: 3600}, which is assumed where it sends none. */
    private static final long USUAL_LIFETIME_SECONDS = 3600;

    private static final BigDecimal LONGEST_LIFETIME_SECONDS =
            BigDecimal.valueOf(Duration.ofDays(365).toSeconds());

    /** The characters that a header can carry (RFC 6750, 2.1, and some more). */
    private static final Pattern TOKEN_FORM = Pattern.compile("[\\x21-\\x7e]+");

    /** What an authorization server can have given out (RFC 6749, A.11), much longer than any code was seen. */
    private static final Pattern CODE_FORM = Pattern.compile("[\\x21-\\x7e]{1,2000}");

    /** Errors that never go away. WHOOP answers a spent refresh token with invalid_request (seen); RFC 6749 says invalid_grant. */
    private static final Set<String> TERMINAL = Set.of("invalid_request", "invalid_grant", "invalid_scope");

    /** How long to wait where WHOOP refuses our application, or our own keys do not open what we hold. */
    static final Duration UNTIL_AN_OPERATOR_ACTED = Duration.ofMinutes(5);

    private static final Duration SOON = Duration.ofMinutes(1);

    private final Outbound outbound;
    private final OAuthApplication application;
    private final ForbiddenCalls forbidden;
    private final ClientSecretPost client;

    /** @param outbound to WHOOP, without authorization or budget: credentials are part of the body */
    public WhoopOAuth(Outbound outbound, OAuthApplication application, ForbiddenCalls forbidden) {
        this.outbound = outbound.announceUninterrupted(TOKEN, CODE);
        this.application = application;
        this.forbidden = forbidden;
        this.client =
                new ClientSecretPost(new ClientID(application.clientId()), new Secret(application.clientSecret()));
    }

    /**
     * The address at which a member gives consent.
     *
     * @param verifier proves later that the code was asked for here; null where WHOOP is to be asked without it
     */
    public URI authorizationUrl(String state, @Nullable CodeVerifier verifier) {
        return new AuthorizationRequest.Builder(new ResponseType(ResponseType.Value.CODE), client.getClientID())
                .endpointURI(application.authorizeUrl())
                .redirectionURI(application.redirectUri())
                .scope(requestedScope())
                .state(new State(state))
                .codeChallenge(verifier, verifier == null ? null : CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /** The scopes that a member has to grant. */
    public Set<String> requestedScopes() {
        return Set.copyOf(application.scopes());
    }

    /**
     * Exchanges an authorization code for tokens. What cannot be a code is refused without asking WHOOP.
     *
     * @param verifier of {@link #authorizationUrl}
     */
    public TokenResponse exchange(UserId who, String code, @Nullable CodeVerifier verifier, Deadline deadline) {
        if (!CODE_FORM.matcher(code).matches()) {
            return new Refused("invalid_grant");
        }
        return ask(
                CODE,
                who,
                new AuthorizationCodeGrant(new AuthorizationCode(code), application.redirectUri(), verifier),
                null,
                deadline);
    }

    /** Exchanges a refresh token for the next pair. Once this is sent the old pair may be invalid, whatever comes back. */
    TokenResponse refresh(UserId who, String refreshToken, Deadline deadline) {
        return ask(TOKEN, who, new RefreshTokenGrant(new RefreshToken(refreshToken)), new Scope("offline"), deadline);
    }

    /** Counts a refresh that was not sent, because the same one was under way. */
    void refreshShared() {
        outbound.answeredFromCache(TOKEN);
    }

    private TokenResponse ask(
            CommandKey key, UserId who, AuthorizationGrant grant, @Nullable Scope scope, Deadline deadline) {
        String form = new TokenRequest(application.tokenUrl(), client, grant, scope)
                .toHTTPRequest()
                .getBody();
        Call call = new Call(
                key,
                who,
                "POST",
                application.tokenUrl(),
                Map.of("Accept", "application/json"),
                new Call.Body("application/x-www-form-urlencoded", form.getBytes(StandardCharsets.UTF_8)),
                false);
        Reply reply = outbound.call(call, deadline);
        return reply.isSuccess() ? granted(reply) : refused(key, reply);
    }

    private TokenResponse granted(Reply reply) {
        try {
            var answer = JSONObjectUtils.parse(text(reply));
            long lifetime = lifetime(answer.remove("expires_in"));
            AccessTokenResponse response = AccessTokenResponse.parse(answer);
            var access = response.getTokens().getAccessToken();
            var refresh = response.getTokens().getRefreshToken();
            if (!TOKEN_FORM.matcher(access.getValue()).matches()) { // no header could carry it
                throw new BadSourceReply(
                        WHOOP, "an access token with characters that no header can carry, status " + reply.status());
            }
            Scope scope = access.getScope(); // left out, it is the scope that was asked for (RFC 6749, 5.1)
            return new Granted(
                    access.getValue(),
                    refresh == null ? null : refresh.getValue(),
                    lifetime,
                    scope == null ? requestedScopes() : Set.copyOf(scope.toStringList()));
        } catch (ParseException e) { // its message may quote the body, so it is not kept
            throw new BadSourceReply(WHOOP, "no tokens with status " + reply.status());
        }
    }

    /**
     * The lifetime in seconds. Any spelling of the number will do, since the code is spent by now; a value that makes no
     * sense is replaced by the usual lifetime.
     */
    private static long lifetime(@Nullable Object expiresIn) {
        try {
            BigDecimal seconds = new BigDecimal(String.valueOf(expiresIn));
            boolean sane = seconds.compareTo(BigDecimal.ONE) >= 0 && seconds.compareTo(LONGEST_LIFETIME_SECONDS) <= 0;
            return sane ? seconds.longValue() : USUAL_LIFETIME_SECONDS;
        } catch (NumberFormatException e) {
            return USUAL_LIFETIME_SECONDS;
        }
    }

    private TokenResponse refused(CommandKey key, Reply reply) {
        if (reply.status() == 403) { // no authorization server answers so: this is the edge
            forbidden.note(key, reply);
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
        log.warn("event=whoop_token_endpoint_unclear command={} status={}", key, reply.status());
        throw new SourceUnavailable(WHOOP, reply.retryAfter().orElse(SOON));
    }

    private static @Nullable String errorOf(Reply reply) {
        try {
            return ErrorObject.parse(JSONObjectUtils.parse(text(reply))).getCode();
        } catch (ParseException e) { // the edge answered, not the authorization server
            return null;
        }
    }

    private Scope requestedScope() {
        return new Scope(application.scopes().toArray(String[]::new));
    }

    private static String text(Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }
}
