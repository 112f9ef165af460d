package io.holisticos.whoop.connect;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.outbound.WebAddress;
import io.holisticos.whoop.custody.CustodyTerms;
import io.holisticos.whoop.custody.OAuthApplication;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Our application at WHOOP, and how members connect. Read once at start-up. */
public final class ConnectConfiguration {

    /** The last part of {@link #redirectUri}. */
    static final String CALLBACK_PATH = "/api/v1/whoop/callback";

    /** The scope that brings a refresh token. */
    public static final String OFFLINE = "offline";

    private static final int MOST_OPEN_LINKS = 20;

    /** As the WHOOP dashboard shows it; empty where there is no WHOOP. */
    @NotNull
    @JsonProperty
    String clientId = "";

    /** As the WHOOP dashboard shows it; also the key by which webhooks are signed. */
    @NotNull
    @JsonProperty
    String clientSecret = "";

    @NotNull
    @JsonProperty
    URI authorizeUrl = URI.create("https://api.prod.whoop.com/oauth/oauth2/auth");

    @NotNull
    @JsonProperty
    URI tokenUrl = URI.create("https://api.prod.whoop.com/oauth/oauth2/token");

    /** The address at which members' browsers reach us, without a slash at the end: connect links begin with it. */
    @NotNull
    @JsonProperty
    URI publicUrl = URI.create("http://localhost:8080");

    /** Our callback exactly as it is registered at WHOOP; by default below {@link #publicUrl}. */
    @JsonProperty
    @Nullable
    URI redirectUri;

    /** The scopes that a member has to grant, all of them. Without {@code offline} a connection would last for an hour. */
    @NotEmpty
    @JsonProperty
    List<String> scopes = List.of(
            "read:recovery",
            "read:cycles",
            "read:workout",
            "read:sleep",
            "read:profile",
            "read:body_measurement",
            OFFLINE);

    /**
     * Where a member may be sent after the consent: https addresses, each exactly as callers send it, or schemes of apps
     * such as {@code holisticos:}, which allow every address of the scheme.
     */
    @NotNull
    @JsonProperty
    List<String> returnTo = List.of();

    /**
     * Whether a consent is asked for with PKCE (RFC 7636, S256) beside the client secret. WHOOP does not document it; other
     * applications send it and are not refused (read 2026-10).
     */
    @JsonProperty
    boolean pkce = false;

    /**
     * Whether a link connects only in a browser in which its member is signed in, by {@code POST /session} with a token of
     * theirs. Then nobody connects their WHOOP to an account of somebody else by a link that they were sent.
     */
    @JsonProperty
    boolean requireSession = false;

    /**
     * How many links of one member work at a time. With one more, the oldest whose button nobody has pressed ends: whoever
     * lost the page begins again, and what is under way in a browser goes on.
     */
    @Min(1)
    @Max(MOST_OPEN_LINKS)
    @JsonProperty
    int openLinks = 5;

    /** How long a connect link works. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.MINUTES)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    @JsonProperty
    Duration linkTtl = Duration.minutes(10);

    /** The time that a refresh has for itself, however long its callers wait. */
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 2, unit = TimeUnit.MINUTES)
    @JsonProperty
    Duration refreshTimeout = Duration.seconds(15);

    /**
     * A connection whose access token expired this long ago is refreshed though nobody uses it. WHOOP does not say how long
     * a refresh token lives; 30 days are the default of the server that it seems to run.
     */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.HOURS)
    @MaxDuration(value = 20, unit = TimeUnit.DAYS)
    @JsonProperty
    Duration keepAliveAfter = Duration.days(7);

    public ConnectConfiguration() {}

    /** Whether an application at WHOOP is configured. */
    public boolean hasCredentials() {
        return !clientId.isBlank();
    }

    /** Whether a link connects only in a browser in which its member is signed in. */
    public boolean requiresSession() {
        return requireSession;
    }

    /** The key by which WHOOP signs webhooks. */
    public String clientSecret() {
        return clientSecret;
    }

    /** The addresses of WHOOP's authorization server, by their place in {@code config.yml}. */
    public Map<String, URI> targetsByPath() {
        return Map.of(
                "whoop.connect.authorizeUrl (WHOOP_URL)", authorizeUrl,
                "whoop.connect.tokenUrl (WHOOP_URL)", tokenUrl);
    }

    /** Our own addresses, to which browsers bring codes of members, by their place in {@code config.yml}. */
    public Map<String, URI> ownAddressesByPath() {
        return Map.of("whoop.connect.publicUrl (PUBLIC_URL)", publicUrl, "whoop.connect.redirectUri", redirectUri());
    }

    /** The secrets, by their place in {@code config.yml}. */
    public Map<String, String> secretsByPath() {
        return Map.of(
                "whoop.connect.clientId (WHOOP_CLIENT_ID)", clientId,
                "whoop.connect.clientSecret (WHOOP_CLIENT_SECRET)", clientSecret);
    }

    @ValidationMethod(
            message = "whoop.connect.authorizeUrl and tokenUrl (WHOOP_URL) must be addresses like"
                    + " https://api.prod.whoop.com/oauth/oauth2/auth, and redirectUri one of ours")
    boolean isEveryAddressUsable() {
        return Stream.of(authorizeUrl, tokenUrl, redirectUri()).allMatch(WebAddress::isUsable);
    }

    @ValidationMethod(message = "whoop.connect.clientSecret is required when whoop.connect.clientId is given")
    boolean isSecretGiven() {
        return clientId.isBlank() == clientSecret.isBlank();
    }

    @ValidationMethod(message = "whoop.connect.scopes must name offline: without it WHOOP gives no refresh token")
    boolean isOffline() {
        return scopes.contains(OFFLINE);
    }

    @ValidationMethod(
            message = "whoop.connect.returnTo (RETURN_TO) holds whole https addresses, or schemes of apps such as"
                    + " holisticos:")
    boolean isEveryReturnToUsable() {
        return returnTo.stream().allMatch(ReturnTo::isUsableRule);
    }

    @ValidationMethod(message = "whoop.connect.publicUrl must be an http or https address without query")
    boolean isPublicUrlUsable() {
        return publicUrl.getHost() != null
                && publicUrl.getQuery() == null
                && ("https".equals(publicUrl.getScheme()) || "http".equals(publicUrl.getScheme()));
    }

    /** Our application, as the authorization server has to be called for it. */
    public OAuthApplication application() {
        return new OAuthApplication(clientId, clientSecret, authorizeUrl, tokenUrl, redirectUri(), scopes);
    }

    public CustodyTerms custodyTerms() {
        return new CustodyTerms(refreshTimeout.toJavaDuration(), keepAliveAfter.toJavaDuration());
    }

    URI redirectUri() {
        URI registered = redirectUri;
        return registered == null ? below(CALLBACK_PATH) : registered;
    }

    /** The address of a path of ours, as members see it. */
    public URI below(String path) {
        String base = publicUrl.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
    }

    /** Whether cookies may be sent only over https. */
    boolean secureCookies() {
        return "https".equals(publicUrl.getScheme());
    }

    /** The secret never reaches a log. */
    @Override
    public String toString() {
        return "ConnectConfiguration[" + clientId + ", " + publicUrl + "]";
    }
}
