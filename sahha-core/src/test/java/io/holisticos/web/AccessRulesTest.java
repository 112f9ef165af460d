package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.MemberNotVisible;
import io.holisticos.health.HealthError.Unauthenticated;
import io.holisticos.health.UserId;
import io.holisticos.web.AccessRules.Standing;
import io.holisticos.web.ApiKeyStore.Found;
import io.holisticos.web.ApiKeyStore.Hash;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.uri.UriTemplate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what, and which paths ask differently because their callers were there before us. */
class AccessRulesTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Caller READER = Caller.ofKey("an-id", "a dashboard", Set.of("health:read"));
    private static final Credentials READERS = new Credentials.Key("key-of-the-dashboard");

    private static final Caller ANNA = Caller.ofMember(new UserId("anna"), Scope.OF_MEMBERS);
    private static final Credentials ANNAS = new Credentials.Token("eyJ.anna.s");

    private final List<Runnable> looks = new ArrayList<>();
    private final AccessRules rules = new AccessRules(
            new ApiKeys(AccessRulesTest::find, Clock.fixed(NOW, ZoneOffset.UTC)),
            token -> token.equals("eyJ.anna.s") ? Optional.of(ANNA) : Optional.empty(),
            session -> session.text().equals("annas") ? Optional.of(ANNA) : Optional.empty());

    /** Without a database: PIT ends its processes without shutdown hooks, which would leave an embedded PostgreSQL running. */
    private static Optional<Found> find(Hash key) {
        return key.equals(Hash.of("key-of-the-dashboard"))
                ? Optional.of(new Found(READER, new KeyEnds(null, null)))
                : Optional.empty();
    }

    @Test
    void aCallerMayWhatTheirScopesSayAndNothingElse() {
        assertThat(rules.authorize(READER, "health:read", null)).isTrue();
        assertThatThrownBy(() -> rules.authorize(READER, "operate", null))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("operate");
    }

    @Test
    void whereACredentialIsAskedForNobodyGoesWithoutOne() {
        assertThatThrownBy(() -> rules.require(new Credentials.None(), "health:read"))
                .isInstanceOf(Unauthenticated.class)
                .hasMessageContaining(ApiKeys.HEADER);
        for (Credentials nobodys : List.of(
                new Credentials.Key("unknown"),
                new Credentials.Key(""),
                new Credentials.Unreadable("two"),
                new Credentials.Token("eyJ.a.b"))) {
            assertThatThrownBy(() -> rules.require(nobodys, "health:read")).isInstanceOf(Unauthenticated.class);
        }
        assertThatThrownBy(() -> rules.require(READERS, "operate")).isInstanceOf(Forbidden.class);
        assertThat(rules.require(READERS, "health:read"))
                .returns(READER.name(), Caller::name)
                .returns(READER.scopes(), Caller::scopes);
    }

    @Test
    void oneOfSeveralScopesIsEnough() {
        assertThat(rules.require(READERS, "metrics", "health:read"))
                .returns(READER.name(), Caller::name)
                .returns(READER.scopes(), Caller::scopes);
        assertThatThrownBy(() -> rules.require(READERS, "metrics", "operator"))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("metrics or operator");
    }

    @Test
    void whatItWouldSayIsKnownWithoutWaiting() {
        Credentials unknown = new Credentials.Key("unknown");

        assertThat(standing(new Credentials.None(), "health:read")).contains(Standing.WITHOUT_CREDENTIAL);
        assertThat(standing(new Credentials.Unreadable("two"), "health:read")).contains(Standing.UNKNOWN_CREDENTIAL);
        assertThat(standing(new Credentials.Key(""), "health:read")).contains(Standing.UNKNOWN_CREDENTIAL);
        assertThat(standing(READERS, "health:read")).isEmpty();
        assertThat(standing(unknown, "health:read")).isEmpty();
        assertThat(looks).hasSize(2);

        looks.forEach(Runnable::run);

        assertThat(standing(READERS, "health:read")).contains(Standing.LET_IN);
        assertThat(standing(READERS, "operate")).contains(Standing.MISSING_SCOPE);
        assertThat(standing(unknown, "health:read")).contains(Standing.UNKNOWN_CREDENTIAL);
        assertThat(looks).hasSize(2);
    }

    @Test
    void ofATokenItIsKnownOnceItWasVerifiedInTheBackground() {
        Credentials forged = new Credentials.Token("eyJ.anna.forged");

        assertThat(standing(ANNAS, "health:read")).isEmpty();
        assertThat(standing(forged, "health:read")).isEmpty();
        assertThat(standing(ANNAS, "health:read")).as("asked once only").isEmpty();
        assertThat(looks).hasSize(2);

        looks.forEach(Runnable::run);

        assertThat(standing(ANNAS, "health:read")).contains(Standing.LET_IN);
        assertThat(standing(forged, "health:read")).contains(Standing.UNKNOWN_CREDENTIAL);
        assertThat(rules.wouldSay(ANNAS, "health:read", asked("?profile_id=ben"), looks::add))
                .contains(Standing.ANOTHER_MEMBER);
        assertThat(looks).hasSize(2);
    }

    @Test
    void whatIsOfNoMemberIsForServicesWhateverAMembersScopes() {
        assertThatThrownBy(() -> rules.require(ANNAS, "metrics", "operator")).isInstanceOf(Forbidden.class);
        assertThatThrownBy(() -> rules.require(ANNAS, "health:read")).isInstanceOf(Forbidden.class);
    }

    private Optional<Standing> standing(Credentials shown, String scope) {
        return rules.wouldSay(shown, scope, asked("?profile_id=anna"), looks::add);
    }

    @Test
    void aMemberMayWhatNamesThemAndNobodyElseWhateverTheScope() {
        assertThat(rules.authorize(ANNA, "health:read", named("anna"))).isTrue();
        assertThatThrownBy(() -> rules.authorize(ANNA, "internal", named("anna")))
                .isInstanceOf(Forbidden.class);
        for (String other : new String[] {"ben", "Anna", "anna ", "x".repeat(101), "", "anna\0"}) {
            assertThatThrownBy(() -> rules.authorize(ANNA, "health:read", named(other)))
                    .as(other)
                    .isInstanceOf(MemberNotVisible.class)
                    .hasMessage(new MemberNotFound().getMessage());
            assertThatThrownBy(() -> rules.authorize(ANNA, "internal", named(other)))
                    .as("asked for with a scope that no member has: " + other)
                    .isInstanceOf(MemberNotVisible.class);
        }
    }

    @Test
    void aServiceMaySeeEverybody() {
        assertThat(rules.authorize(READER, "health:read", named("ben"))).isTrue();
    }

    @Test
    void onExistingPathsEveryIdOfTheQueryIsTheMembers() {
        Credentials anna = ANNAS;

        assertThatCode(() -> rules.require(anna, "health:read", asked("?profile_id=anna")))
                .doesNotThrowAnyException();
        for (String query : new String[] {
            "?profile_id=ben",
            "?profile_id=anna&profile_id=ben",
            "?profile_id=ben&profile_id=anna",
            "?profile_id=anna&user_id=ben",
            "?user_id=%61nna%20"
        }) {
            assertThatThrownBy(() -> rules.require(anna, "health:read", asked(query)))
                    .as(query)
                    .isInstanceOf(MemberNotVisible.class);
        }
        assertThatThrownBy(() -> rules.require(anna, "health:read", asked("?period=today")))
                .isInstanceOf(Forbidden.class);
    }

    private static UriInfo asked(String query) {
        URI root = URI.create("http://localhost/");
        return new ContainerRequest(
                        root,
                        root.resolve("/api/v1/health-metrics/overview" + query),
                        "GET",
                        null,
                        new MapPropertiesDelegate(),
                        null)
                .getUriInfo();
    }

    /** Whoever matched the route read the path in one way, and whoever checks it must not read it in another. */
    @Test
    void anIdInThePathCountsHoweverThePathIsWrittenAndWhateverTheQueryNames() {
        for (String path : List.of(
                "/api;x=%2Fv1%2Fsahha%2F/v1/unified-health/overview/ben",
                "/api/v1/health-metrics/overview", "/api/v1/sahha/scores")) {
            ContainerRequest request = named("ben", path + "?user_id=anna&profile_id=anna");

            assertThatThrownBy(() -> rules.authorize(ANNA, "health:read", request))
                    .as(path)
                    .isInstanceOf(MemberNotVisible.class);
        }
    }

    /** A request whose path names this member. */
    private static ContainerRequest named(String userId) {
        return named(userId, "/any");
    }

    private static ContainerRequest named(String userId, String path) {
        URI root = URI.create("http://localhost/");
        ContainerRequest request =
                new ContainerRequest(root, root.resolve(path), "GET", null, new MapPropertiesDelegate(), null) {
                    @Override
                    public ExtendedUriInfo getUriInfo() {
                        ExtendedUriInfo plain = super.getUriInfo();
                        return (ExtendedUriInfo) Proxy.newProxyInstance(
                                AccessRulesTest.class.getClassLoader(),
                                new Class<?>[] {ExtendedUriInfo.class},
                                (proxy, method, arguments) -> method.getName().equals("getPathParameters")
                                        ? new MultivaluedHashMap<>(Map.of("user_id", userId))
                                        : method.invoke(plain, arguments));
                    }
                };
        return request;
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                 true,  false",
        "/,                                  true,  false",
        "health,                             true,  false",
        "/health,                            true,  false",
        "/health/live,                       false, false",
        "/api/v1/health-metrics/overview,    true,  true",
        "api/v1/sahha/scores,                true,  true",
        "/api/v1;a=b/sahha;c/scores,         true,  true",
        "/api/v1/unified-health/overview/me, false, false",
        "/api/v1/sahha,                      false, false",
        "/%61pi/v1/sahha/scores,             true,  true",
        "/api;a=%2F/v1/sahha/scores,         true,  true",
        "/api;a=%2Fv1%2Fsahha%2F/v1/unified-health/overview/me, false, false",
        "/api/v1/unified-health/overview/me;a=%2F..%2Fsahha%2F, false, false",
        "/api%2Fv1/sahha/scores,             false, false",
        "/api/v1/%2Fsahha/scores,            false, false",
        "/api/v1/sahha/%zz,                  true,  true"
    })
    void theExistingPaths(String path, boolean existing, boolean healthData) {
        assertThat(ExistingRoutes.contain(path)).isEqualTo(existing);
        assertThat(ExistingRoutes.holdHealthData(path)).isEqualTo(healthData);
    }

    @Test
    void aRequestIsOnAnExistingPathByItsPathUntilARouteIsFound() {
        assertThat(ExistingRoutes.groupOf(asked("?profile_id=anna"))).contains(ExistingRoutes.Group.HEALTH_METRICS);
        assertThat(ExistingRoutes.holdHealthData(asked(""))).isTrue();
        assertThat(ExistingRoutes.contain(asked(""))).isTrue();

        UriInfo disguised = matching("/api;x=%2Fv1%2Fsahha%2F/v1/anything", null);
        assertThat(ExistingRoutes.groupOf(disguised)).isEmpty();
        assertThat(ExistingRoutes.contain(disguised)).isFalse();
        assertThat(ExistingRoutes.holdHealthData(disguised)).isFalse();
    }

    @Test
    void andThenByTheRouteHoweverThePathIsWritten() {
        UriInfo existing = matching("/anything", "/api/v1/sahha/scores");
        assertThat(ExistingRoutes.groupOf(existing)).contains(ExistingRoutes.Group.SAHHA);
        assertThat(ExistingRoutes.contain(existing)).isTrue();

        UriInfo unified = matching("/api/v1/sahha/scores", "/api/v1/unified-health/overview/{user_id}");
        assertThat(ExistingRoutes.groupOf(unified)).isEmpty();
        assertThat(ExistingRoutes.contain(unified)).isFalse();

        assertThat(ExistingRoutes.contain(matching("/anything", "/health"))).isTrue();
    }

    @Test
    void aGroupIsCalledAsInConfiguration() {
        assertThat(ExistingRoutes.Group.HEALTH_METRICS.word()).isEqualTo("health-metrics");
        assertThat(Standing.ANOTHER_MEMBER.word()).isEqualTo("another_member");
    }

    @Test
    void whoIsSignedInIsTheMemberOfTheCookieWhateverElseARequestShows() {
        String cookie = SessionCookie.of(SessionPort.API)
                .set("annas", Duration.ofHours(1))
                .split(";")[0];

        assertThat(rules.signedIn(name -> name.equals("Cookie") ? List.of(cookie) : List.of("key-of-the-dashboard")))
                .contains(new UserId("anna"));
        assertThat(rules.signedIn(name -> name.equals("Cookie") ? null : List.of("key-of-the-dashboard")))
                .isEmpty();
    }

    @Test
    void anExistingPathThatNamesNobodyIsForServices() {
        assertThatThrownBy(() -> rules.authorize(ANNA, "health:read", request("/api/v1/health-metrics/overview")))
                .isInstanceOf(Forbidden.class)
                .hasMessageContaining("for services");
    }

    private static ContainerRequest request(String path) {
        URI root = URI.create("http://localhost/");
        return new ContainerRequest(root, root.resolve(path), "GET", null, new MapPropertiesDelegate(), null);
    }

    /** @param template of the route that was found; null before one is */
    private static UriInfo matching(String path, @Nullable String template) {
        UriInfo plain = request(path).getUriInfo();
        Resource.Builder resource = Resource.builder("any");
        resource.addMethod("GET").handledBy(request -> "");
        return (UriInfo) Proxy.newProxyInstance(
                AccessRulesTest.class.getClassLoader(),
                new Class<?>[] {ExtendedUriInfo.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMatchedResourceMethod" ->
                        template == null
                                ? null
                                : resource.build().getResourceMethods().get(0);
                    case "getMatchedTemplates" -> template == null ? List.of() : List.of(new UriTemplate(template));
                    default -> method.invoke(plain, arguments);
                });
    }
}
