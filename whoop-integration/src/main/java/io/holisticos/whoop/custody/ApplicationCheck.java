package io.holisticos.whoop.custody;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Outbound;
import io.holisticos.outbound.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks WHOOP's authorization server how our application is registered. Two requests, of no member: they change nothing, and the
 * quota does not count them, because it counts what lies below {@code /developer}.
 */
public final class ApplicationCheck {

    /** The command key of the request for the consent page. */
    private static final CommandKey CONSENT_PAGE = new CommandKey("WHOOP_CONSENT_PAGE");

    private static final UserId NOBODY = new UserId("whoop-check");

    /** What the page says that refuses further members (seen by others, 2026). */
    private static final String FULL = "reached its user limit";

    private final Outbound outbound;
    private final WhoopOAuth oauth;
    private final OAuthApplication application;

    /** @param outbound to WHOOP, without authorization or budget, and not following redirects */
    public ApplicationCheck(Outbound outbound, WhoopOAuth oauth, OAuthApplication application) {
        this.outbound = outbound.announceUninterrupted(CONSENT_PAGE);
        this.oauth = oauth;
        this.application = application;
    }

    /** What WHOOP made of a request. */
    public enum Verdict {
        ACCEPTED,
        REFUSED,
        /** WHOOP was not reached, or said something else. */
        UNCLEAR
    }

    /** @param said in words, what WHOOP answered and what to do about it */
    public record Judged(Verdict verdict, String said) {}

    /**
     * Whether WHOOP takes the client id and the secret. A server looks at them before it looks at the refresh token (RFC 6749, 5.2),
     * and this one is made up, so nothing is spent: that it is refused is good news.
     */
    public Judged credentials(Deadline deadline) {
        try {
            TokenResponse response = oauth.refresh(NOBODY, "made-up-" + UUID.randomUUID(), deadline);
            if (response instanceof TokenResponse.Refused refused) {
                return new Judged(
                        Verdict.ACCEPTED,
                        "WHOOP takes client id and secret (it answered " + refused.error()
                                + " to a refresh token that was made up)");
            }
            return response instanceof TokenResponse.Misconfigured
                    ? new Judged(
                            Verdict.REFUSED,
                            "WHOOP refuses client id and secret (invalid_client): compare WHOOP_CLIENT_ID and"
                                    + " WHOOP_CLIENT_SECRET with WHOOP's dashboard")
                    : new Judged(
                            Verdict.UNCLEAR,
                            "tokens were given for a refresh token that was made up, which WHOOP would not do: check"
                                    + " WHOOP_URL");
        } catch (HealthError unclear) {
            return unclear(unclear);
        }
    }

    /** Whether WHOOP would ask a member for consent: it knows the application, its redirect URL and its scopes. */
    public Judged registration(Deadline deadline) {
        try {
            URI page = oauth.authorizationUrl(UUID.randomUUID().toString(), null);
            Call call = new Call(CONSENT_PAGE, null, "GET", page, Map.of("Accept", "text/html"), null, true);
            return judge(outbound.call(call, deadline));
        } catch (HealthError unclear) {
            return unclear(unclear);
        }
    }

    private Judged judge(Reply reply) {
        Optional<URI> location = reply.header("Location").flatMap(ApplicationCheck::address);
        if (reply.status() / 100 == 3 && location.isPresent()) {
            return judge(location.get());
        }
        if (new String(reply.body(), StandardCharsets.UTF_8).contains(FULL)) {
            return new Judged(
                    Verdict.REFUSED,
                    "WHOOP takes no further members (user limit reached): set whoop.memberLimit to their number, and have"
                            + " the application approved");
        }
        return switch (reply.status()) {
            case 200 -> accepted();
            case 400 -> refused("invalid_request");
            case 401 -> refused("invalid_client");
            default ->
                new Judged(
                        Verdict.UNCLEAR,
                        "the consent page answered " + reply.status()
                                + ", which may be WHOOP's edge: open a connect link in" + " a browser");
        };
    }

    /** An error comes back to us, or goes to a page of theirs; without one a member would have to sign in now. */
    private Judged judge(URI location) {
        Map<String, List<String>> query = URLUtils.parseParameters(location.getRawQuery());
        String error = query.getOrDefault("error", List.of("")).get(0);
        if (error.isEmpty()) {
            return accepted();
        }
        return error.equals("invalid_scope")
                ? new Judged(
                        Verdict.REFUSED,
                        scopeRefused(
                                query.getOrDefault("error_hint", List.of("")).get(0)))
                : refused(error);
    }

    private static Judged accepted() {
        return new Judged(
                Verdict.ACCEPTED, "WHOOP would ask a member for consent: redirect URL and scopes are registered");
    }

    private String scopeRefused(String hint) {
        String which = application.scopes().stream()
                .filter(scope -> hint.contains('"' + scope + '"'))
                .findFirst()
                .map(scope -> "scope " + scope)
                .orElse("a scope");
        return "WHOOP refuses " + which + " (invalid_scope): switch it on in WHOOP's dashboard";
    }

    private Judged refused(String error) {
        return switch (error) {
            case "invalid_client", "unauthorized_client" ->
                new Judged(
                        Verdict.REFUSED,
                        "WHOOP does not know the client id: compare WHOOP_CLIENT_ID with WHOOP's dashboard");
            case "invalid_request" ->
                new Judged(
                        Verdict.REFUSED,
                        "WHOOP refuses the redirect URL: register " + application.redirectUri()
                                + " in WHOOP's dashboard, to the letter");
            default ->
                new Judged(
                        Verdict.UNCLEAR,
                        "the consent page answered with an error that says nothing of the application: "
                                + (error.matches("[a-z_]{1,40}") ? error : "unreadable"));
        };
    }

    private static Judged unclear(HealthError e) {
        return new Judged(
                Verdict.UNCLEAR,
                "WHOOP did not answer: " + WhatFailed.inWords(e) + "; check WHOOP_URL and this host's way to it");
    }

    private static Optional<URI> address(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
