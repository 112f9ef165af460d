package io.holisticos.twins.whoop;

import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.Json;
import io.holisticos.twins.http.Reply;
import io.holisticos.twins.http.TwinServer;
import io.holisticos.twins.whoop.Grants.TokenAnswer;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The OAuth endpoints: authorization with its consent page, and tokens. */
final class OAuthRoutes {
    private static final String CONSENT = "/oauth/oauth2/consent";
    private static final Duration CONSENT_LIFETIME = Duration.ofMinutes(30);

    private final Grants grants;
    private final World world;
    private final Clock clock;
    private final Supplier<WhoopApp> app;
    private final Supplier<Knobs> knobs;
    private final Map<String, ConsentRequest> consentRequests = new ConcurrentHashMap<>();

    OAuthRoutes(Grants grants, World world, Clock clock, Supplier<WhoopApp> app, Supplier<Knobs> knobs) {
        this.grants = grants;
        this.world = world;
        this.clock = clock;
        this.app = app;
        this.knobs = knobs;
    }

    void addTo(TwinServer server) {
        server.route("GET", "/oauth/oauth2/auth", this::authorize);
        server.route("POST", CONSENT, this::decide);
        server.route("POST", "/oauth/oauth2/token", this::token);
    }

    private Reply authorize(Call call) {
        String clientId = call.query("client_id").orElse("");
        String redirectUri = call.query("redirect_uri").orElse("");
        if (!clientId.equals(app.get().clientId())) {
            return ConsentPage.problem(401, OAuthError.INVALID_CLIENT);
        }
        if (redirectUri.isEmpty() || !app.get().redirectUris().test(redirectUri)) {
            return ConsentPage.problem(400, OAuthError.INVALID_REQUEST);
        }
        String state = call.query("state").orElse("");
        if (!call.query("response_type").orElse("").equals("code")) {
            return sendBack(redirectUri, OAuthError.UNSUPPORTED_RESPONSE_TYPE, state);
        }
        if (state.length() < knobs.get().tokens().stateMinimum()) {
            return sendBack(redirectUri, OAuthError.INVALID_STATE, state);
        }
        String codeChallenge = call.query("code_challenge").orElse("");
        if (knobs.get().tokens().verifiesPkce()
                && !codeChallenge.isEmpty()
                && !call.query("code_challenge_method").orElse("").equals("S256")) {
            return sendBack(redirectUri, OAuthError.INVALID_REQUEST.withHint(OAuthError.NOT_S256), state);
        }
        Set<String> scopes = words(call.query("scope").orElse(""));
        Optional<String> foreign = scopes.stream()
                .filter(scope -> !app.get().scopes().contains(scope))
                .findFirst();
        if (foreign.isPresent()) {
            // the real server omits the state here, so callers must check the error first
            return sendBack(redirectUri, OAuthError.INVALID_SCOPE.withHint(scopeHint(foreign.get())), "");
        }
        if (scopes.isEmpty()) {
            return sendBack(redirectUri, OAuthError.INVALID_SCOPE, "");
        }
        if (grants.members() >= knobs.get().memberLimit()) {
            return ConsentPage.full();
        }
        return askConsent(new Asked(redirectUri, state, scopes, codeChallenge));
    }

    private Reply askConsent(Asked asked) {
        List<Person> members = members();
        Person preselected = members.stream()
                .filter(member -> !grants.has(member))
                .findFirst()
                .orElse(members.get(0));
        Instant now = clock.instant();
        consentRequests.values().removeIf(old -> now.isAfter(old.expires()));
        String challenge = UUID.randomUUID().toString();
        consentRequests.put(challenge, new ConsentRequest(asked, preselected, now.plus(CONSENT_LIFETIME)));
        Set<Long> connected =
                members.stream().filter(grants::has).map(Person::whoopUserId).collect(Collectors.toUnmodifiableSet());
        return new ConsentPage(CONSENT, challenge, asked.scopes(), preselected.whoopUserId(), connected).show(members);
    }

    private Reply decide(Call call) {
        Map<String, List<String>> form = call.form();
        ConsentRequest request = consentRequests.get(first(form, "challenge"));
        if (request == null || clock.instant().isAfter(request.expires())) {
            return ConsentPage.problem(400, OAuthError.INVALID_REQUEST);
        }
        Asked asked = request.asked();
        if (first(form, "decision").equals("decline")) {
            return sendBack(asked.redirectUri(), OAuthError.ACCESS_DENIED, asked.state());
        }
        Optional<Person> member = chosen(first(form, "member"), request.preselected());
        if (member.isEmpty()) {
            return ConsentPage.problem(400, OAuthError.INVALID_REQUEST);
        }
        String code = grants.issueCode(member.get(), asked.scopes(), asked.redirectUri(), asked.codeChallenge());
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("code", code);
        answer.put("scope", String.join(" ", asked.scopes()));
        answer.put("state", asked.state());
        return Reply.redirect(extended(asked.redirectUri(), answer));
    }

    /** The address that the browser of a member who allows access is redirected to; for callers who need no page. */
    URI allow(Person member, URI authorizationUrl) {
        Map<String, List<String>> query = Call.pairs(authorizationUrl.getRawQuery());
        String redirectUri = first(query, "redirect_uri");
        Set<String> scopes = words(first(query, "scope"));
        boolean known = first(query, "client_id").equals(app.get().clientId())
                && app.get().redirectUris().test(redirectUri)
                && app.get().scopes().containsAll(scopes);
        if (!known) {
            throw new IllegalArgumentException("WHOOP would not ask for consent here");
        }
        String code = grants.issueCode(member, scopes, redirectUri, first(query, "code_challenge"));
        return URI.create(extended(redirectUri, Map.of("code", code, "state", first(query, "state"))));
    }

    private Optional<Person> chosen(String member, Person preselected) {
        if (member.isEmpty()) {
            return Optional.of(preselected);
        }
        try {
            return world.byWhoopUserId(Long.parseLong(member));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Reply token(Call call) {
        if (call.header("Authorization").isPresent()) {
            return error(OAuthError.INVALID_CLIENT.withHint(OAuthError.POST_NOT_BASIC));
        }
        boolean isForm = call.header("Content-Type")
                .filter(type -> type.regionMatches(true, 0, "application/x-www-form-urlencoded", 0, 33))
                .isPresent();
        Map<String, List<String>> form = isForm ? call.form() : Map.of();
        boolean repeated = form.values().stream().anyMatch(values -> values.size() > 1);
        if (!isForm || repeated || first(form, "grant_type").isEmpty()) {
            return error(OAuthError.INVALID_REQUEST);
        }
        if (!first(form, "client_id").equals(app.get().clientId())
                || !first(form, "client_secret").equals(app.get().clientSecret())) {
            return error(OAuthError.INVALID_CLIENT);
        }
        return switch (first(form, "grant_type")) {
            case "authorization_code" ->
                answer(grants.redeem(first(form, "code"), first(form, "redirect_uri"), first(form, "code_verifier")));
            case "refresh_token" -> refresh(call, first(form, "refresh_token"));
            default -> error(OAuthError.UNSUPPORTED_GRANT_TYPE);
        };
    }

    private Reply refresh(Call call, String refreshToken) {
        TokenAnswer tokens = grants.refresh(refreshToken, app.get().scopes());
        if (tokens instanceof TokenAnswer.Issued && call.takesFault(FaultKind.LOST_REFRESH_REPLY)) {
            return Reply.dropped();
        }
        return answer(tokens);
    }

    private Reply answer(TokenAnswer tokens) {
        if (tokens instanceof TokenAnswer.Issued issued) {
            return success(issued.tokens());
        }
        TokenAnswer.Refused refused = (TokenAnswer.Refused) tokens;
        return switch (refused.why()) {
            case UNKNOWN_CODE -> error(OAuthError.INVALID_GRANT);
            case USED_CODE -> error(OAuthError.INVALID_GRANT.withHint("The authorization code has already been used."));
            case OTHER_REDIRECT -> error(OAuthError.INVALID_REQUEST.withHint(OAuthError.OTHER_REDIRECT));
            case OTHER_VERIFIER -> error(OAuthError.INVALID_GRANT.withHint(OAuthError.OTHER_VERIFIER));
            case SPENT_REFRESH_TOKEN ->
                error(
                        knobs.get().tokens().spentRefreshError().equals("invalid_grant")
                                ? OAuthError.INVALID_GRANT
                                : OAuthError.INVALID_REQUEST);
            case LOST_RACE -> error(OAuthError.SERVER_ERROR);
            case SCOPE_DISABLED -> error(OAuthError.INVALID_SCOPE);
        };
    }

    private static Reply success(IssuedTokens tokens) {
        Map<String, Object> body = new LinkedHashMap<>(); // the real server's keys are in alphabetical order
        body.put("access_token", tokens.accessToken());
        body.put("expires_in", tokens.expiresIn().toSeconds());
        if (tokens.refreshToken() != null) {
            body.put("refresh_token", tokens.refreshToken());
        }
        body.put("scope", String.join(" ", ordered(tokens.scopes())));
        body.put("token_type", "bearer");
        return uncached(Reply.of(200, "application/json;charset=UTF-8", Json.bytes(body)));
    }

    private Reply error(OAuthError error) {
        byte[] body = Json.bytes(error.toJson(knobs.get().wire().fullOAuthErrors()));
        return uncached(Reply.of(error.status(), "application/json;charset=UTF-8", body));
    }

    private static Reply uncached(Reply reply) {
        return reply.with("Cache-Control", "no-store").with("Pragma", "no-cache");
    }

    private static Reply sendBack(String redirectUri, OAuthError error, String state) {
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("error", error.error());
        answer.put("error_description", error.description());
        if (!error.hint().isEmpty()) {
            answer.put("error_hint", error.hint());
        }
        answer.put("state", state);
        return Reply.redirect(extended(redirectUri, answer));
    }

    private static String extended(String redirectUri, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return redirectUri + (redirectUri.contains("?") ? "&" : "?") + query;
    }

    private List<Person> members() {
        return world.people().stream()
                .filter(person -> person.membership().hasWhoopAccount())
                .toList();
    }

    private static Set<String> words(String text) {
        Set<String> words = new LinkedHashSet<>(List.of(text.trim().split("\\s+")));
        words.remove("");
        return Collections.unmodifiableSet(words);
    }

    private static List<String> ordered(Set<String> scopes) {
        return Scopes.ALL.stream().filter(scopes::contains).toList();
    }

    private static String scopeHint(String scope) {
        return "The OAuth 2.0 Client is not allowed to request scope \"" + scope + "\".";
    }

    private static String first(Map<String, List<String>> form, String name) {
        return form.getOrDefault(name, List.of("")).get(0);
    }

    /** An authorization request that waits for its member. */
    private record ConsentRequest(Asked asked, Person preselected, Instant expires) {}

    /** What an authorization request asks for. */
    private record Asked(String redirectUri, String state, Set<String> scopes, String codeChallenge) {}
}
