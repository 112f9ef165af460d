package io.holisticos.whoop.connect;

import static io.holisticos.whoop.custody.CustodySetup.ANNA;
import static io.holisticos.whoop.custody.CustodySetup.BEN;
import static io.holisticos.whoop.custody.CustodySetup.PUBLIC_URL;
import static io.holisticos.whoop.custody.CustodySetup.TOKEN_PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.pages.BrandConfiguration;
import io.holisticos.pages.Pages;
import io.holisticos.testing.AsInProduction;
import io.holisticos.testing.LogLines;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.whoop.IssuedTokens;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Caller;
import io.holisticos.web.Scope;
import io.holisticos.web.WebModule;
import io.holisticos.whoop.custody.Connection.State;
import io.holisticos.whoop.custody.CustodySetup;
import io.holisticos.whoop.custody.CustodySetup.Worker;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConnectFlowTest {

    private static final String KEY = "service-key";
    private static final String OTHER_KEY = "other-key";
    private static final String READER_KEY = "reader-key";
    private static final Instant SYNCED = Instant.parse("2026-11-22T09:59:00Z");
    private static final String CONNECT = "/api/v1/unified-health/connect/whoop/";

    /** The header that stands for the cookie of a session. */
    private static final String SIGNED_IN = "X-Signed-In";

    private static final HttpClient http = HttpClient.newHttpClient();
    private static final ConnectWorld.TestPorts ports = new ConnectWorld.TestPorts();
    private static final AtomicBoolean on = ports.on;
    private static final List<String> heard = ports.heard;
    private static ConnectWorld world;
    private static Worker worker;
    private static ConnectWorld.Connecting connecting;
    private static DropwizardTestSupport<Configuration> server;
    private static LogLines logged;

    @BeforeAll
    static void start() throws Exception {
        world = new ConnectWorld();
        worker = world.worker();
        ports.synced = Optional.of(SYNCED);
        connecting = world.connecting(worker, world.pool(), ports);
        server = new DropwizardTestSupport<>(
                App.class,
                null,
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"),
                ConfigOverride.config("server.requestLog.appenders[0].type", "console"),
                ConfigOverride.config("server.requestLog.appenders[0].threshold", "OFF"),
                ConfigOverride.config("server.registerDefaultExceptionMappers", "false"));
        server.before();
        logged = LogLines.ofAll();
        ((Logger) LoggerFactory.getLogger("io.holisticos")).setLevel(Level.TRACE);
    }

    @AfterAll
    static void stop() throws Exception {
        logged.close();
        server.after();
        world.close();
    }

    @BeforeEach
    void reset() {
        world.reset();
        on.set(true);
        heard.clear();
        ports.memberLimit = OptionalInt.empty();
        ports.blocked.set(Duration.ZERO);
        logged.forget();
    }

    @Test
    void aMemberFollowsTheLinkConsentsAndIsConnected() throws Exception {
        JsonNode started = json(post(CONNECT + "demo-ben", KEY, null), 200);
        assertThat(names(started)).containsExactly("user_id", "connect_url", "authorization_url", "expires_in");
        assertThat(started.get("expires_in").asInt()).isEqualTo(600);

        HttpResponse<String> opened = press(started);
        assertThat(opened.statusCode()).isEqualTo(303);
        assertThat(with(location(opened), "state", "any"))
                .isEqualTo(with(started.get("authorization_url").asText(), "state", "any"));
        assertThat(query(location(opened), "state"))
                .as("a press has a state of its own")
                .isNotEqualTo(query(started.get("authorization_url").asText(), "state"));
        assertThat(setCookie(opened))
                .startsWith("__Host-")
                .contains("HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=600")
                .doesNotContain("Domain", "Path=/api");

        HttpResponse<String> page = get(consent(location(opened), BEN), cookie(opened));

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertUnframedAndAlone(page);
        assertThat(page.body())
                .contains("WHOOP is connected", "WHOOP of " + nameOf(BEN) + " now belongs to de…en", "This is not me")
                .doesNotContain("http");
        assertThat(setCookie(page)).contains("Max-Age=3600");
        assertThat(heard).containsExactly("connected demo-ben " + world.accountOf(BEN));
        assertThat(worker.api().profile(BEN, io.holisticos.health.Deadline.after(Duration.ofSeconds(5))))
                .isPresent();
        JsonNode status = json(get("/internal/oauth/status/demo-ben", KEY, null), 200);
        assertThat(names(status))
                .containsExactly("user_id", "status", "whoop_user_id", "scopes", "connected_at", "last_synced_at");
        assertThat(status.get("status").asText()).isEqualTo("active");
        assertThat(status.get("whoop_user_id").asLong()).isEqualTo(world.accountOf(BEN));
        assertThat(status.get("scopes")).hasSize(7);
        assertThat(Instant.parse(status.get("connected_at").asText())).isEqualTo(world.clock.instant());
        assertThat(status.get("last_synced_at").asText()).isEqualTo(SYNCED.toString());
    }

    @Test
    void anEmptyJsonBodyIsAsGoodAsNone() throws Exception {
        assertThat(start("demo-ben", "").get("user_id").asText()).isEqualTo("demo-ben");
        assertThat(start("demo-ben", "{}").get("user_id").asText()).isEqualTo("demo-ben");
    }

    @Test
    void theAuthorizationUrlAsksForEverythingAndHasALongState() throws Exception {
        String url = start("demo-ben", null).get("authorization_url").asText();

        assertThat(url).startsWith(world.twin.baseUrl() + "/oauth/oauth2/auth?");
        assertThat(query(url, "response_type")).isEqualTo("code");
        assertThat(query(url, "client_id")).isEqualTo("sandbox-client");
        assertThat(query(url, "redirect_uri")).isEqualTo(PUBLIC_URL + "/api/v1/whoop/callback");
        assertThat(query(url, "scope").split(" "))
                .containsExactlyInAnyOrder(
                        "read:recovery",
                        "read:cycles",
                        "read:workout",
                        "read:sleep",
                        "read:profile",
                        "read:body_measurement",
                        "offline");
        assertThat(query(url, "state")).hasSizeGreaterThanOrEqualTo(22);
        assertThat(query(start("demo-ben", null).get("authorization_url").asText(), "state"))
                .isNotEqualTo(query(url, "state"));
    }

    @Test
    void theMemberIsSentBackToWhereTheOperatorAllows() throws Exception {
        Consent app = consentOf("demo-ben", "{\"return_to\":\"holisticos://connected?from=whoop\"}");
        HttpResponse<String> first = get(app.callback(), app.cookie());
        assertPage(first, 200, "WHOOP is connected"); // it is new to this member
        assertThat(location(answer(first, "keep"))).isEqualTo("holisticos://connected?from=whoop&status=connected");

        Consent again = consentOf("demo-ben", "{\"return_to\":\"holisticos://connected?from=whoop\"}");
        HttpResponse<String> toApp = get(again.callback(), again.cookie());
        assertThat(toApp.statusCode()).isEqualTo(302);
        assertThat(location(toApp)).isEqualTo("holisticos://connected?from=whoop&status=connected");

        Consent web = consentOf("demo-ben", "{\"return_to\":\"https://app.example/done\"}");
        String declined = web.callback().replaceAll("code=[^&]+", "error=access_denied");
        assertThat(location(get(declined, web.cookie()))).isEqualTo("https://app.example/done?error=access_denied");
    }

    @Test
    void aReturnToThatIsNotAllowedIsRefused() throws Exception {
        for (String elsewhere : List.of(
                "https://evil.example/",
                "https://app.example/donex",
                "http://app.example/done",
                "javascript:alert(1)")) {
            JsonNode problem = json(post(CONNECT + "demo-ben", KEY, "{\"return_to\":\"" + elsewhere + "\"}"), 400);
            assertThat(problem.get("code").asText()).isEqualTo("invalid_request");
        }
        assertThat(rows("whoop_authorization")).isEmpty();
    }

    @Test
    void linksThatAreUnknownExpiredOrUsedEndOnAPage() throws Exception {
        assertPage(get("/connect/nonsense", null), 404, "This link is not valid");

        String late = local(start("demo-ben", null).get("connect_url").asText());
        world.clock.advance(Duration.ofSeconds(601));
        assertPage(get(late, null), 410, "This link has expired");

        JsonNode started = start("demo-ben", null);
        String link = local(started.get("connect_url").asText());
        Map<String, String> form = Map.of("token", token(get(link, null)));
        HttpResponse<String> opened = press(started);
        get(consent(location(opened), BEN), cookie(opened));
        assertPage(get(link, null), 410, "This link was used already");
        assertPage(post(link, form, "Origin", PUBLIC_URL), 410, "This link was used already");
    }

    @Test
    void aCallbackWithAnUnknownOrMissingStateIsRefused() throws Exception {
        Consent consent = consentOf("demo-ben", null);

        assertPage(get(with(consent.callback(), "state", "unknown-state"), consent.cookie()), 400, "not valid");
        assertPage(get(with(consent.callback(), "state", ""), consent.cookie()), 400, "not valid");
        assertPage(get("/api/v1/whoop/callback?state=" + consent.state(), consent.cookie()), 400, "not valid");
        assertPage(get("/api/v1/whoop/callback", null), 400, "not valid");

        assertNothingKept();
    }

    @Test
    void aCallbackAfterTheStateExpiredIsRefused() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.clock.advance(Duration.ofSeconds(600));

        assertPage(get(consent.callback(), consent.cookie()), 410, "expired");

        assertNothingKept();
    }

    @Test
    void aStateWorksOnce() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        assertThat(get(consent.callback(), consent.cookie()).statusCode()).isEqualTo(200);
        long tokenCalls = world.tokenCalls();

        assertPage(get(consent.callback(), consent.cookie()), 410, "used already");

        assertThat(world.tokenCalls()).isEqualTo(tokenCalls);
        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void anotherBrowserIsRefusedAndTheOneThatBeganStillGetsThrough() throws Exception {
        Consent consent = consentOf("demo-ben", null);

        assertPage(get(consent.callback(), null), 400, "another browser");
        String forged = consent.cookie().replaceAll("=.*", "=forged");
        assertPage(get(consent.callback(), forged), 400, "another browser");
        assertNothingKept();

        assertThat(get(consent.callback(), consent.cookie()).statusCode()).isEqualTo(200);
    }

    @Test
    void aBrowserSentStraightToWhoopIsRefused() throws Exception {
        String callback =
                consent(start("demo-ben", null).get("authorization_url").asText(), BEN);

        assertPage(get(callback, null), 400, "another browser");
        assertNothingKept();
    }

    @Test
    void anErrorIsShownEvenWithAnEmptyState() throws Exception {
        world.twin.register(world.app.withScopes(Set.of("offline")));
        HttpResponse<String> opened = press(start("demo-ben", null));
        String back = location(get(location(opened), null));
        assertThat(query(back, "state")).isEmpty();

        assertPage(get(local(back), cookie(opened)), 503, "cannot be connected for now");
        for (String error : List.of("request_forbidden", "access_denied", "server_error", "who_knows")) {
            HttpResponse<String> page = get("/api/v1/whoop/callback?state=&error=" + error, null);
            assertThat(page.statusCode()).isGreaterThanOrEqualTo(400);
            assertThat(page.body()).contains("</html>");
        }
        assertNothingKept();
    }

    @Test
    void whatComesInTheAddressIsNeverWrittenOnThePage() throws Exception {
        String script = URLEncoder.encode("<script>alert(1)</script>", StandardCharsets.UTF_8);

        HttpResponse<String> page =
                get("/api/v1/whoop/callback?error=" + script + "&error_description=" + script, null);

        assertThat(page.body()).doesNotContain("<script");
    }

    @Test
    void aCodeThatWhoopRefusesConnectsNobody() throws Exception {
        Consent consent = consentOf("demo-ben", null);

        assertPage(get(with(consent.callback(), "code", "made-up"), consent.cookie()), 400, "did not confirm");
        assertNothingKept();
    }

    @Test
    void aTokenEndpointThatFailsConnectsNobody() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.twin.faults().add(FaultRule.always(TOKEN_PATH, FaultKind.STATUS));

        assertPage(get(consent.callback(), consent.cookie()), 503, "does not answer");
        assertNothingKept();
    }

    @Test
    void aWrongClientSecretConnectsNobody() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.twin.register(world.app.withCredentials("sandbox-client", "rotated"));

        assertPage(get(consent.callback(), consent.cookie()), 503, "fault of ours");
        assertNothingKept();
    }

    @Test
    void aNarrowedConsentIsRefusedAndGivenBack() throws Exception {
        for (String left : List.of("offline", "read:sleep")) {
            HttpResponse<String> opened = press(start("demo-ben", null));
            String narrowed = location(opened).replace(left.replace(":", "%3A"), "");
            assertThat(narrowed).isNotEqualTo(location(opened));

            assertPage(get(consent(narrowed, BEN), cookie(opened)), 400, "permissions were left out");
            assertNothingKept();
            assertThat(world.twin.hasGrant("demo-ben")).isFalse();
        }
    }

    @Test
    void aNarrowedConsentLeavesAWorkingConnectionAlone() throws Exception {
        connect("demo-ben", BEN);
        HttpResponse<String> opened = press(start("demo-ben", null));
        String narrowed = location(opened).replace("read%3Asleep", "");

        assertPage(get(consent(narrowed, BEN), cookie(opened)), 400, "permissions were left out");

        assertThat(world.twin.hasGrant("demo-ben")).isTrue();
        assertThat(json(post("/internal/oauth/validate/demo-ben", KEY, null), 200)
                        .get("valid")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aNarrowedConsentThatCannotBeGivenBackIsRefusedAllTheSame() throws Exception {
        HttpResponse<String> opened = press(start("demo-ben", null));
        world.twin.faults().add(FaultRule.always("/developer", FaultKind.STATUS).withStatus(401));

        assertPage(
                get(consent(location(opened).replace("offline", ""), BEN), cookie(opened)),
                400,
                "permissions were left out");
        assertNothingKept();
    }

    @Test
    void validatingFindsOutThatTheMemberRevokedAtWhoop() throws Exception {
        connect("demo-ben", BEN);
        world.twin.revokeGrant("demo-ben");
        world.clock.advance(Duration.ofHours(1));

        assertThat(json(post("/internal/oauth/validate/demo-ben", KEY, null), 200))
                .hasToString("{\"valid\":false,\"status\":\"reauthorization_required\"}");
    }

    @Test
    void aWhoopAccountBelongsToOneUser() throws Exception {
        connect("demo-ben", BEN);
        Consent second = consentOf("somebody-else", BEN, null);

        assertPage(get(second.callback(), second.cookie()), 409, "Another user has connected");

        assertThat(worker.connections().find(new UserId("somebody-else"))).isEmpty();
        JsonNode problem = json(serviceBrings("somebody-else", BEN), 409);
        assertThat(problem.get("code").asText()).isEqualTo("account_in_use");
        assertThat(problem.get("detail").asText()).contains("Another user has connected this WHOOP account");
        assertThat(world.twin.hasGrant("demo-ben")).isTrue();
        delete(CONNECT + "demo-ben", KEY);
        connect("somebody-else", BEN);
        assertThat(worker.connections()
                        .findByAccount(world.accountOf(BEN))
                        .orElseThrow()
                        .who()
                        .value())
                .isEqualTo("somebody-else");
    }

    @Test
    void aUserHasOneWhoopAccountAtATime() throws Exception {
        connect("demo-ben", BEN);
        Consent second = consentOf("demo-ben", ANNA, null);

        assertPage(get(second.callback(), second.cookie()), 409, "Another WHOOP account is connected already");
        assertThat(json(serviceBrings("demo-ben", ANNA), 409).get("code").asText())
                .isEqualTo("other_account_connected");
        assertThat(worker.connections().find(BEN).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(BEN));
    }

    @Test
    void aNewConsentRevivesAConnection() throws Exception {
        connect("demo-ben", BEN);
        CustodySetup.requireConsent(worker, BEN, "scope_lost", world.clock.instant());
        assertThat(json(post("/internal/oauth/validate/demo-ben", KEY, null), 200))
                .hasToString("{\"valid\":false,\"status\":\"reauthorization_required\"}");

        connect("demo-ben", BEN);

        assertThat(json(post("/internal/oauth/validate/demo-ben", KEY, null), 200))
                .hasToString("{\"valid\":true,\"status\":\"active\"}");
        assertThat(worker.connections().find(BEN).orElseThrow().isUsable()).isTrue();
        assertThat(rows("whoop_connection_history")).hasSize(3);
    }

    @Test
    void aRefusalOfACallFromBeforeTheNewConsentDoesNotEndIt() throws Exception {
        connect("demo-ben", BEN);
        Instant begun = world.clock.instant();
        CustodySetup.requireConsent(worker, BEN, "scope_lost", begun);
        world.clock.advance(Duration.ofSeconds(1));
        connect("demo-ben", BEN);

        CustodySetup.requireConsent(worker, BEN, "scope_lost", begun);

        assertThat(json(post("/internal/oauth/validate/demo-ben", KEY, null), 200))
                .hasToString("{\"valid\":true,\"status\":\"active\"}");
    }

    @Test
    void disconnectingTellsWhoopErasesTheTokensAndMayBeRepeated() throws Exception {
        connect("demo-ben", BEN);
        on.set(false);

        assertThat(delete(CONNECT + "demo-ben", KEY).statusCode()).isEqualTo(204);
        assertThat(delete(CONNECT + "demo-ben", KEY).statusCode()).isEqualTo(204);
        assertThat(delete("/internal/oauth/disconnect/demo-ben", KEY).statusCode())
                .isEqualTo(204);

        assertThat(world.twin.hasGrant("demo-ben")).isFalse();
        assertThat(heard).endsWith("disconnected demo-ben").hasSize(2);
        on.set(true);
        assertThat(json(get("/internal/oauth/status/demo-ben", KEY, null), 200)
                        .get("status")
                        .asText())
                .isEqualTo("revoked");
        assertThat(rows("whoop_connection where access_token is not null or refresh_token is not null"))
                .isEmpty();
    }

    @Test
    void disconnectingIsALineOfHistoryWhateverTheStateWas() throws Exception {
        connect("demo-ben", BEN);
        delete(CONNECT + "demo-ben", KEY);
        delete(CONNECT + "demo-ben", KEY);
        assertThat(history()).containsExactly("active connected", "revoked disconnected");

        connect("demo-ben", BEN);
        CustodySetup.requireConsent(worker, BEN, "scope_lost", world.clock.instant());
        delete(CONNECT + "demo-ben", KEY);
        assertThat(history()).endsWith("reauthorization_required scope_lost", "revoked disconnected");

        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
        Consent pending = consentOf("demo-ben", null);
        assertPage(get(pending.callback(), pending.cookie()), 200, "your data follows");
        delete(CONNECT + "demo-ben", KEY);
        assertThat(history()).endsWith("awaiting_profile profile_not_read", "revoked disconnected");
    }

    private static List<String> history() {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select state || ' ' || reason from whoop_connection_history order by id")
                        .mapTo(String.class)
                        .list());
    }

    @Test
    void aDatabaseThatIsAwayMeansLaterForBrowsersAndServices() {
        Jdbi nowhere = Jdbi.create("jdbc:postgresql://localhost:1/nowhere");
        ConnectFlow flow = world.connecting(world.workerAt(nowhere), nowhere, new ConnectWorld.TestPorts())
                .flow();

        assertThat(flow.links().open("link")).isEqualTo(new ConnectLinks.LinkPage.Closed(Refusal.LATER));
        assertThat(flow.finishInBrowser("code", "state", null))
                .isEqualTo(new ConsentOutcome.Failed(Refusal.LATER, null));
        assertThat(flow.failInBrowser("access_denied", "state", null))
                .isEqualTo(new ConsentOutcome.Failed(Refusal.DECLINED, null));
    }

    @Test
    void aServiceThatConnectsWhileTheDatabaseIsAwayIsToldToComeBackInFiveSeconds() {
        Jdbi nowhere = Jdbi.create("jdbc:postgresql://localhost:1/nowhere");
        ConnectWorld.TestPorts limited = new ConnectWorld.TestPorts();
        limited.memberLimit = OptionalInt.of(10);
        ConnectFlow flow =
                world.connecting(world.workerAt(nowhere), nowhere, limited).flow();
        ConnectFlow unlimited = world.connecting(world.workerAt(nowhere), nowhere, new ConnectWorld.TestPorts())
                .flow();

        assertComesBackInFiveSeconds(() -> flow.start(BEN, "key", Consents.ConsentOptions.NONE));
        assertComesBackInFiveSeconds(() -> unlimited.start(BEN, "key", Consents.ConsentOptions.NONE));
        assertComesBackInFiveSeconds(() -> flow.finishByService("code", "state", "key", false));
        assertComesBackInFiveSeconds(() -> flow.status(BEN));
        assertComesBackInFiveSeconds(() -> flow.validated(BEN));
        assertComesBackInFiveSeconds(() -> flow.disconnect(BEN));
    }

    private static void assertComesBackInFiveSeconds(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SourceUnavailable.class,
                        later -> assertThat(later.retryAfter()).contains(Duration.ofSeconds(5)));
    }

    @Test
    void disconnectingDoesNotNeedWhoop() throws Exception {
        connect("demo-ben", BEN);
        world.twin.faults().add(FaultRule.always("/developer", FaultKind.RESET));

        assertThat(delete(CONNECT + "demo-ben", KEY).statusCode()).isEqualTo(204);
        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.REVOKED);

        connect("demo-ben", BEN, true);
        CustodySetup.requireConsent(worker, BEN, "scope_lost", world.clock.instant());
        assertThat(delete(CONNECT + "demo-ben", KEY).statusCode()).isEqualTo(204);
        assertThat(worker.connections().erase(BEN)).isGreaterThan(1);
        assertThat(worker.connections().find(BEN)).isEmpty();
    }

    @Test
    void switchedOffNobodyConnects() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        String link = local(start("demo-ben", null).get("connect_url").asText());
        on.set(false);

        for (HttpResponse<String> refused : List.of(
                post(CONNECT + "demo-ben", KEY, null),
                post("/internal/oauth/initiate", KEY, "{\"user_id\":\"demo-ben\"}"),
                post("/internal/oauth/validate/demo-ben", KEY, null),
                get("/internal/oauth/status/demo-ben", KEY, null))) {
            assertThat(json(refused, 503).get("code").asText()).isEqualTo("disabled");
        }
        assertPage(get(link, null), 503, "switched off");
        assertPage(get(consent.callback(), consent.cookie()), 503, "switched off");
        assertNothingKept();
    }

    @Test
    void aServiceBringsTheCodeForTheStateItAskedFor() throws Exception {
        JsonNode started = json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"demo-ben\"}"), 200);
        assertThat(names(started))
                .containsExactly("user_id", "connect_url", "authorization_url", "expires_in", "state");
        String callback = consent(started.get("authorization_url").asText(), BEN);
        String body = "{\"code\":\"" + query(callback, "code") + "\",\"state\":\"" + query(callback, "state") + "\"}";

        assertThat(json(post("/internal/oauth/callback", OTHER_KEY, body), 400)
                        .get("detail")
                        .asText())
                .contains("this key");
        JsonNode status = json(post("/internal/oauth/callback", KEY, body), 200);

        assertThat(status.get("status").asText()).isEqualTo("active");
        assertThat(json(post("/internal/oauth/callback", KEY, body), 400)
                        .get("detail")
                        .asText())
                .contains("already_used");
    }

    @Test
    void aServiceIsToldWhyItsCodeConnectsNobody() throws Exception {
        String state = json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"demo-ben\"}"), 200)
                .get("state")
                .asText();
        String body = "{\"code\":\"made-up\",\"state\":\"" + state + "\"}";

        assertThat(json(post("/internal/oauth/callback", KEY, body), 400)
                        .get("detail")
                        .asText())
                .contains("code_refused");

        String second = json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"demo-ben\"}"), 200)
                .get("state")
                .asText();
        world.twin.faults().add(FaultRule.always(TOKEN_PATH, FaultKind.STATUS));
        json(post("/internal/oauth/callback", KEY, body.replace(state, second)), 503);
        assertNothingKept();
    }

    @Test
    void badInputIsRefusedAndNothingIsWritten() throws Exception {
        json(post("/internal/oauth/initiate", KEY, "{}"), 400);
        json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"" + "x".repeat(101) + "\"}"), 400);
        json(post("/internal/oauth/initiate", KEY, "{not json"), 400);
        json(post("/internal/oauth/initiate", KEY, null), 400);
        json(post("/internal/oauth/callback", KEY, "{\"code\":\"c\"}"), 400);
        json(post("/internal/oauth/callback", KEY, null), 400);
        json(post(CONNECT + "x".repeat(101), KEY, null), 400);
        json(post(CONNECT + "demo-ben", KEY, "{broken"), 400);
        json(get("/internal/oauth/status/nobody", KEY, null), 404);
        json(post("/internal/oauth/validate/nobody", KEY, null), 404);
        json(get(CONNECT + "demo-ben", KEY, null), 405);
        assertThat(rows("whoop_authorization")).isEmpty();
    }

    @Test
    void everyServiceRouteAsksForItsScope() throws Exception {
        for (@Nullable String key : new @Nullable String[] {null, "unknown", READER_KEY}) {
            int expected = READER_KEY.equals(key) ? 403 : 401;
            json(post(CONNECT + "demo-ben", key, null), expected);
            json(delete(CONNECT + "demo-ben", key), expected);
            json(post("/internal/oauth/initiate", key, "{broken"), expected);
            json(post("/internal/oauth/callback", key, "{}"), expected);
            json(post("/internal/oauth/validate/demo-ben", key, null), expected);
            json(get("/internal/oauth/status/demo-ben", key, null), expected);
            json(delete("/internal/oauth/disconnect/demo-ben", key), expected);
        }
    }

    @Test
    void noSecretIsReadableInALogLineOrATable() throws Exception {
        JsonNode started = start("demo-ben", null);
        HttpResponse<String> opened = press(started);
        String callback = consent(location(opened), BEN);
        get(with(callback, "code", "made-up-code-123456"), cookie(opened));
        connect("demo-ben", BEN);
        String access = worker.connections()
                .current(BEN, io.holisticos.health.Deadline.after(Duration.ofSeconds(5)))
                .pair()
                .accessToken();
        world.clock.advance(Duration.ofHours(2));
        var pair = worker.connections()
                .current(BEN, io.holisticos.health.Deadline.after(Duration.ofSeconds(5)))
                .pair();
        IssuedTokens other = world.connect(worker, ANNA);
        List<String> secrets = List.of(
                access,
                pair.accessToken(),
                pair.refreshToken(),
                String.valueOf(other.refreshToken()),
                query(callback, "code"),
                query(callback, "state"),
                "made-up-code-123456",
                started.get("connect_url").asText().replaceAll(".*/", ""),
                cookie(opened).replaceAll(".*=", ""));

        List<String> places = new ArrayList<>(logged.lines().stream()
                .map(event -> event.getFormattedMessage() + " " + event.getThrowableProxy())
                .toList());
        assertThat(places).anyMatch(line -> line.contains("event=token_refreshed"));
        for (String table : List.of("whoop_connection", "whoop_connection_history", "whoop_authorization")) {
            places.addAll(rows(table));
        }
        assertThat(places).hasSizeGreaterThan(6);
        for (String secret : secrets) {
            String hex = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
            assertThat(places).noneMatch(place -> place.contains(secret) || place.contains(hex));
        }
    }

    @Test
    void forgettingAMemberLeavesNoConsentUnderWay() throws Exception {
        start("demo-ben", null);

        assertThat(new Consents(
                                world.pool(),
                                CustodySetup.vault(world.pool()),
                                world.configuration(),
                                new SecureRandom(),
                                world.clock)
                        .erase(BEN))
                .isEqualTo(1);
        assertThat(rows("whoop_authorization")).isEmpty();
    }

    @Test
    void lookingAtALinkChangesNothing() throws Exception {
        JsonNode started = start("demo-ben", "{\"account_label\":\"Ben at <Work> & home\"}");
        String link = local(started.get("connect_url").asText());
        HttpResponse<String> pressed = press(started);
        List<String> before = rows("whoop_authorization");

        HttpResponse<String> page = get(link, null);
        HttpResponse<String> head = http.send(
                request(link, null).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Set-Cookie")).isEmpty();
        assertUnframedAndAlone(page);
        assertThat(page.body())
                .contains("Ben at &lt;Work&gt; &amp; home", "Continue to WHOOP", "Sleep", "Workouts")
                .doesNotContain("<Work>");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(rows("whoop_authorization")).isEqualTo(before);
        assertThat(rows("whoop_press")).hasSize(1);
        assertThat(get(consent(location(pressed), BEN), cookie(pressed)).body()).contains("Ben at &lt;Work&gt;");
    }

    @Test
    void theNameOfAnAccountNeverStandsWithoutAPartOfItsId() throws Exception {
        JsonNode started = start("demo-ben", "{\"account_label\":\"your own account\"}");

        HttpResponse<String> page = get(local(started.get("connect_url").asText()), null);

        assertPage(page, 200, "your own account (" + AccountLabel.masked(BEN) + ")");
    }

    @Test
    void theNameThatAMemberGivesAnAccountIsNotShown() throws Exception {
        HttpRequest begun = request(CONNECT + "demo-ben", null)
                .header("Authorization", "Bearer eyJ.demo-ben.x")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"account_label\":\"your own account\"}"))
                .build();
        JsonNode started = json(http.send(begun, BodyHandlers.ofString()), 200);

        HttpResponse<String> page = get(local(started.get("connect_url").asText()), null);

        assertPage(page, 200, "<strong>" + AccountLabel.masked(BEN) + "</strong>");
        assertThat(page.body()).doesNotContain("your own account");
    }

    @Test
    void whoSeesTheAddressThatWhoopCallsCannotAnswerForTheMember() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        HttpResponse<String> page = get(consent.callback(), consent.cookie());
        String guessed = Secrets.derived(consent.state(), "answer");

        assertPage(
                post("/connect/answer", Map.of("token", guessed, "answer", "disown"), "Origin", PUBLIC_URL),
                410,
                "out of date");
        for (String cookie : List.of("", "a=b", consent.cookie().replaceAll("=.*", "=forged"))) {
            assertPage(
                    post(
                            "/connect/answer",
                            Map.of("token", token(page), "answer", "disown"),
                            "Origin",
                            PUBLIC_URL,
                            "Cookie",
                            cookie),
                    400,
                    "another browser");
        }

        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.ACTIVE);
        assertThat(page.headers().firstValue("Set-Cookie").orElseThrow())
                .as("the page's own, for as long as it may answer")
                .startsWith(consent.cookie())
                .contains("Max-Age=3600", "HttpOnly", "SameSite=Lax");
        assertPage(answer(page, "disown"), 200, "WHOOP was disconnected");
    }

    @Test
    void onlyTheButtonOfOurOwnPageLeadsToWhoop() throws Exception {
        JsonNode started = start("demo-ben", null);
        String link = local(started.get("connect_url").asText());
        Map<String, String> form = Map.of("token", token(get(link, null)));
        String otherToken =
                token(get(local(start("demo-ben", null).get("connect_url").asText()), null));

        for (HttpResponse<String> refused : List.of(
                post(link, form),
                post(link, form, "Origin", "https://evil.example"),
                post(link, form, "Origin", "null"),
                post(link, form, "Origin", PUBLIC_URL + ".evil.example"),
                post(link, form, "Sec-Fetch-Site", "cross-site"),
                post(link, form, "Sec-Fetch-Site", "same-site", "Origin", PUBLIC_URL),
                post(link, form, "Sec-Fetch-Site", "none"),
                post(link, Map.of(), "Origin", PUBLIC_URL),
                post(link, Map.of("token", otherToken), "Origin", PUBLIC_URL))) {
            assertPage(refused, 403, "did not come from our page");
            assertThat(refused.headers().firstValue("Set-Cookie")).isEmpty();
        }
        assertThat(rows("whoop_press")).isEmpty();

        assertThat(post(link, form, "Sec-Fetch-Site", "same-origin", "Origin", "null")
                        .statusCode())
                .isEqualTo(303);
        assertThat(post(link, form, "Origin", PUBLIC_URL).statusCode()).isEqualTo(303);
    }

    @Test
    void whereASessionIsRequiredOnlyTheMembersOwnBrowserGoesOnToWhoop() throws Exception {
        String link = local(start("demo-ben", null).get("connect_url").asText());
        Map<String, String> form = Map.of("token", token(get(link, null)));
        world.configuration.requireSession = true;
        try {
            assertThat(get(link, null).statusCode())
                    .as("the page opens without the cookie")
                    .isEqualTo(200);
            assertPage(post(link, form, "Origin", PUBLIC_URL), 403, "Please sign in first");
            assertPage(
                    post(link, form, "Origin", PUBLIC_URL, SIGNED_IN, "demo-anna"),
                    403,
                    "This link is for somebody else");
            assertPage(
                    post(link, form, "Origin", PUBLIC_URL, SIGNED_IN, "away"),
                    503,
                    "WHOOP cannot be connected just now");
            assertPage(
                    post(link, form, "Origin", "https://evil.example", SIGNED_IN, "demo-ben"),
                    403,
                    "did not come from our page");
            assertThat(rows("whoop_press")).isEmpty();

            assertThat(post(link, form, "Origin", PUBLIC_URL, SIGNED_IN, "demo-ben")
                            .statusCode())
                    .isEqualTo(303);
        } finally {
            world.configuration.requireSession = false;
        }
    }

    private static UserId member(String signedIn) {
        if (signedIn.equals("away")) {
            throw new SourceUnavailable(new SourceName("access"), Duration.ofSeconds(5));
        }
        return new UserId(signedIn);
    }

    @Test
    void whoIsConnectedMayDisconnectBehindALinkAndNobodyElseByIt() throws Exception {
        connect("demo-ben", BEN);
        String link = local(start("demo-ben", null).get("connect_url").asText());
        HttpResponse<String> page = get(link, null);
        assertPage(page, 200, "WHOOP is connected already");
        Map<String, String> disconnect = Map.of("token", token(page), "answer", "disconnect");
        world.configuration.requireSession = true;
        try {
            assertPage(post(link, disconnect, "Origin", "https://evil.example"), 403, "did not come from our page");
            assertPage(
                    post(link, Map.of("token", "guessed", "answer", "disconnect"), "Origin", PUBLIC_URL),
                    403,
                    "did not come from our page");
            assertPage(post(link, disconnect, "Origin", PUBLIC_URL), 403, "Please sign in first");
            assertPage(
                    post(link, disconnect, "Origin", PUBLIC_URL, SIGNED_IN, "demo-anna"),
                    403,
                    "This link is for somebody else");
            assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.ACTIVE);

            assertPage(
                    post(link, disconnect, "Origin", PUBLIC_URL, SIGNED_IN, "demo-ben"), 200, "WHOOP was disconnected");
        } finally {
            world.configuration.requireSession = false;
        }

        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.REVOKED);
        assertThat(world.twin.hasGrant("demo-ben")).isFalse();
        assertThat(heard).endsWith("disconnected demo-ben");
        assertPage(get(link, null), 200, "Connect WHOOP");
        assertThat(get(link, null).body()).doesNotContain("Disconnect");
    }

    @Test
    void ofSeveralTabsTheFirstToSucceedUsesTheLinkUp() throws Exception {
        JsonNode started = start("demo-ben", null);
        HttpResponse<String> one = press(started);
        HttpResponse<String> other = press(started);
        String oneBack = consent(location(one), BEN);
        String otherBack = consent(location(other), BEN);
        assertThat(cookie(one).replaceAll("=.*", ""))
                .as("each press has a cookie of its own")
                .isNotEqualTo(cookie(other).replaceAll("=.*", ""));

        assertPage(get(otherBack, cookie(one)), 400, "another browser");
        assertPage(get(otherBack, cookie(one) + "; " + cookie(other)), 200, "WHOOP is connected");
        assertPage(get(oneBack, cookie(one) + "; " + cookie(other)), 410, "used already");

        assertThat(heard).hasSize(1);
        assertThat(world.twin.hasGrant("demo-ben")).isTrue();
    }

    @Test
    void aTabThatFailsLeavesTheLinkToTheOthers() throws Exception {
        JsonNode started = start("demo-ben", null);
        HttpResponse<String> declined = press(started);
        HttpResponse<String> refused = press(started);
        HttpResponse<String> good = press(started);

        get("/api/v1/whoop/callback?error=access_denied&state=" + query(location(declined), "state"), cookie(declined));
        assertPage(
                get(with(consent(location(refused), BEN), "code", "made-up"), cookie(refused)), 400, "did not confirm");

        assertPage(get(consent(location(good), BEN), cookie(good)), 200, "WHOOP is connected");
    }

    @Test
    void thisIsNotMeDisconnectsAtOnceAndTheAccountWasNeverTheirs() throws Exception {
        Consent wrong = consentOf("demo-ben", ANNA, null);
        HttpResponse<String> page = get(wrong.callback(), wrong.cookie());
        assertThat(page.body()).contains("WHOOP of " + nameOf(ANNA));

        assertPage(
                post(
                        "/connect/answer",
                        Map.of("token", token(page), "answer", "disown"),
                        "Origin",
                        "https://evil.example"),
                403,
                "did not come from our page");
        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.ACTIVE);
        assertPage(answer(page, "disown"), 200, "WHOOP was disconnected");

        assertThat(world.twin.hasGrant("demo-anna")).isFalse();
        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.REVOKED);
        assertThat(worker.connections().find(BEN).orElseThrow().whoopUserId()).isNull();
        assertThat(heard).endsWith("disowned demo-ben");
        assertPage(answer(page, "disown"), 410, "out of date");

        connect("demo-ben", BEN); // no question: the other account was never theirs
        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void whoSaysThatItIsRightIsNotAskedAgain() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        HttpResponse<String> page = get(consent.callback(), consent.cookie());

        assertPage(answer(page, "keep"), 200, "WHOOP is connected");

        assertPage(answer(page, "disown"), 410, "out of date");
        assertPage(answer(page, "nonsense"), 403, "did not come from our page");
        assertPage(get("/connect/answer", null), 404, "not valid");
        assertThat(worker.connections().find(BEN).orElseThrow().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void aSpentQuotaKeepsTheConsentAndTheRestFollowsByItself() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.twin
                .faults()
                .add(FaultRule.always("/developer/v2/user/profile", FaultKind.STATUS)
                        .withStatus(429));

        assertPage(get(consent.callback(), consent.cookie()), 200, "WHOOP is connected, your data follows");

        JsonNode status = json(get("/internal/oauth/status/demo-ben", KEY, null), 200);
        assertThat(status.get("status").asText()).isEqualTo("awaiting_profile");
        assertThat(status.get("whoop_user_id").isNull()).isTrue();
        assertThat(json(post("/internal/oauth/validate/demo-ben", KEY, null), 200))
                .hasToString("{\"valid\":false,\"status\":\"awaiting_profile\"}");
        assertThat(worker.connections().find(BEN).orElseThrow().isUsable()).isFalse();
        assertThat(heard).isEmpty();
        connecting.jobs().runDue();
        assertThat(heard).isEmpty();

        world.twin.faults().clear();
        world.clock.advance(Duration.ofMinutes(61)); // the access token has run out, too
        connecting.jobs().runDue();

        assertThat(heard).containsExactly("connected demo-ben " + world.accountOf(BEN));
        assertThat(json(get("/internal/oauth/status/demo-ben", KEY, null), 200)
                        .get("whoop_user_id")
                        .asLong())
                .isEqualTo(world.accountOf(BEN));
    }

    @Test
    void aForbiddenProfileCallKeepsTheConsentToo() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(403));

        assertPage(get(consent.callback(), consent.cookie()), 200, "your data follows");

        world.clock.advance(Duration.ofMinutes(1));
        connecting.jobs().runDue();
        assertThat(heard).hasSize(1);
    }

    @Test
    void aBlockThatIsLiftedEarlyIsNoticedWithinTenMinutes() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
        get(consent.callback(), consent.cookie());
        connecting.lookup().later(BEN, Duration.ofHours(14)); // as long as a block until tomorrow

        world.clock.advance(Duration.ofMinutes(10));
        connecting.jobs().runDue();

        assertThat(heard).hasSize(1);
    }

    @Test
    void aLabelThatCannotBeReadKeepsNobodyFromConnecting() throws Exception {
        JsonNode started = start("demo-ben", "{\"account_label\":\"ben@example.com\"}");
        world.database
                .jdbi()
                .useHandle(handle -> handle.execute("update whoop_authorization set account_label_sealed = '\\x0102'"));

        HttpResponse<String> page = get(local(started.get("connect_url").asText()), null);

        assertPage(page, 200, AccountLabel.masked(BEN));
    }

    @Test
    void aMemberWithoutAJobIsLookedFor() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
        get(consent.callback(), consent.cookie());
        world.database.jdbi().useHandle(handle -> handle.execute("delete from scheduled_tasks"));

        connecting.lookup().sweep();
        connecting.jobs().runDue();

        assertThat(heard).hasSize(1);
    }

    @Test
    void whatTurnsOutToBeAnothersAccountIsNotConnectedLaterEither() throws Exception {
        Consent consent = consentOf("somebody-else", BEN, null);
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
        get(consent.callback(), consent.cookie());
        connect("demo-ben", BEN);

        world.clock.advance(Duration.ofMinutes(2));
        connecting.jobs().runDue();

        assertThat(worker.connections().find(new UserId("somebody-else"))).isEmpty();
        assertThat(heard).containsExactly("connected demo-ben " + world.accountOf(BEN));
        assertThat(world.twin.hasGrant("demo-ben")).isTrue();
    }

    @Test
    void whoDoesNotWaitForTheProfileCanLeave() throws Exception {
        Consent consent = consentOf("demo-ben", null);
        world.twin
                .faults()
                .add(FaultRule.times("/developer/v2/user/profile", FaultKind.STATUS, 1)
                        .withStatus(429));
        get(consent.callback(), consent.cookie());

        assertThat(delete(CONNECT + "demo-ben", KEY).statusCode()).isEqualTo(204);

        assertThat(world.twin.hasGrant("demo-ben")).isFalse();
        world.clock.advance(Duration.ofMinutes(2));
        connecting.jobs().runDue();
        assertThat(heard).containsExactly("disconnected demo-ben");
    }

    @Test
    void aBlockOfMoreThanTenMinutesIsToldBeforeTheConsent() throws Exception {
        ports.blocked.set(Duration.ofMinutes(10));
        JsonNode started = start("demo-ben", null);

        ports.blocked.set(Duration.ofMinutes(10).plusSeconds(1));
        HttpResponse<String> refused = post(CONNECT + "demo-ben", KEY, null);

        assertThat(json(refused, 503).get("retry_after_seconds").asInt()).isEqualTo(601);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("601");
        json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"demo-ben\"}"), 503);
        HttpResponse<String> page = get(local(started.get("connect_url").asText()), null);
        assertPage(page, 503, "WHOOP is busy for now");
        assertPage(page, 503, "about 11 minutes");
        assertThat(page.headers().firstValue("Retry-After")).hasValue("601");
    }

    @Test
    void beyondTheMemberLimitNobodyNewBegins() throws Exception {
        ports.memberLimit = OptionalInt.of(1);
        JsonNode early = start("somebody-else", null);
        Consent late = consentOf("third", ANNA, null);
        connect("demo-ben", BEN);

        JsonNode problem = json(post(CONNECT + "somebody-else", KEY, null), 409);
        assertThat(problem.get("code").asText()).isEqualTo("member_limit_reached");
        assertThat(json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"somebody-else\"}"), 409)
                        .get("code")
                        .asText())
                .isEqualTo("member_limit_reached");
        assertPage(get(local(early.get("connect_url").asText()), null), 409, "No more members");
        assertPage(get(late.callback(), late.cookie()), 409, "No more members");
        assertThat(world.twin.hasGrant("demo-anna"))
                .as("what is of no use is given back")
                .isFalse();
        assertThat(world.connected()).isEqualTo(1);

        delete(CONNECT + "demo-ben", KEY);
        connect("somebody-else", ANNA);
        connect("demo-ben", BEN); // was here before
    }

    @Test
    void atTheSameMomentNoMoreAreConnectedThanThereMayBe() throws Exception {
        List<Consent> consents = new ArrayList<>();
        for (String user : List.of("demo-anna", "demo-ben", "demo-chen", "demo-dina", "demo-eve")) {
            consents.add(consentOf(user, new UserId(user), null));
        }
        ports.memberLimit = OptionalInt.of(2);

        List<Integer> statuses = consents.parallelStream()
                .map(consent -> unchecked(() -> get(consent.callback(), consent.cookie()))
                        .statusCode())
                .toList();

        assertThat(statuses).containsOnly(200, 409);
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(2);
        assertThat(world.connected()).isEqualTo(2);
    }

    @Test
    void anotherAccountThanBeforeWaitsForTheMembersWord() throws Exception {
        connect("demo-ben", BEN);
        delete(CONNECT + "demo-ben", KEY);
        Consent other = consentOf("demo-ben", ANNA, "{\"return_to\":\"holisticos://done\"}");

        HttpResponse<String> page = get(other.callback(), other.cookie());

        assertPage(page, 200, "another WHOOP account than before");
        assertThat(page.body()).contains("WHOOP of " + nameOf(ANNA));
        JsonNode status = json(get("/internal/oauth/status/demo-ben", KEY, null), 200);
        assertThat(status.get("status").asText()).isEqualTo("awaiting_confirmation");
        assertThat(status.get("whoop_user_id").isNull()).isTrue();
        assertThat(heard).hasSize(2);
        assertPage(answer(page, "keep"), 409, "another WHOOP account");

        assertThat(location(answer(page, "replace"))).isEqualTo("holisticos://done?status=connected");

        assertThat(heard).endsWith("connected demo-ben " + world.accountOf(ANNA));
        assertThat(worker.connections().find(BEN).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(ANNA));
    }

    @Test
    void whoDoesNotConfirmAnotherAccountComesBackWithTheirOwn() throws Exception {
        connect("demo-ben", BEN);
        delete(CONNECT + "demo-ben", KEY);
        Consent other = consentOf("demo-ben", ANNA, null);
        HttpResponse<String> page = get(other.callback(), other.cookie());

        assertPage(answer(page, "disown"), 200, "disconnected");

        assertThat(world.twin.hasGrant("demo-anna")).isFalse();
        connect("demo-ben", BEN);
        assertThat(worker.connections().find(BEN).orElseThrow().whoopUserId()).isEqualTo(world.accountOf(BEN));
    }

    @Test
    void aServiceConfirmsAnotherAccountBeforehandOrWhenAsked() throws Exception {
        connect("demo-ben", BEN);
        delete(CONNECT + "demo-ben", KEY);
        String body = callbackOf("demo-ben", ANNA);

        assertThat(json(post("/internal/oauth/callback", KEY, body), 409)
                        .get("code")
                        .asText())
                .isEqualTo("account_replacement_required");
        assertThat(json(post("/internal/oauth/callback", KEY, body), 409)
                        .get("detail")
                        .asText())
                .contains("send the same with replace_account true");
        assertThat(json(post("/internal/oauth/callback", KEY, replacing(body)), 200)
                        .get("whoop_user_id")
                        .asLong())
                .isEqualTo(world.accountOf(ANNA));
        assertThat(json(post("/internal/oauth/callback", KEY, body), 400)
                        .get("detail")
                        .asText())
                .contains("already_used");

        delete(CONNECT + "demo-ben", KEY);
        assertThat(json(post("/internal/oauth/callback", KEY, replacing(callbackOf("demo-ben", BEN))), 200)
                        .get("whoop_user_id")
                        .asLong())
                .isEqualTo(world.accountOf(BEN));
    }

    @Test
    void aLabelIsOneLineOfTextAndKeptSealed() throws Exception {
        for (String wrong : List.of("", "   ", "x".repeat(101), "two\\nlines", "turned \\u202e around", "\\ud800")) {
            json(post(CONNECT + "demo-ben", KEY, "{\"account_label\":\"" + wrong + "\"}"), 400);
        }
        assertThat(rows("whoop_authorization")).isEmpty();

        start("demo-ben", "{\"account_label\":\"ben@example.com\"}");

        assertThat(rows("whoop_authorization")).hasSize(1).noneMatch(row -> row.contains("ben@example"));
        assertThat(rows("whoop_authorization"))
                .noneMatch(
                        row -> row.contains(HexFormat.of().formatHex("ben@example".getBytes(StandardCharsets.UTF_8))));
    }

    private static String callbackOf(String userId, UserId whoopMember) throws Exception {
        JsonNode started = json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"" + userId + "\"}"), 200);
        String callback = consent(started.get("authorization_url").asText(), whoopMember);
        return "{\"code\":\"" + query(callback, "code") + "\",\"state\":\"" + query(callback, "state") + "\"}";
    }

    private static String replacing(String body) {
        return body.replace("}", ",\"replace_account\":true}");
    }

    private static <T> T unchecked(java.util.concurrent.Callable<T> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The routes of this package, with access and errors as in the real application. */
    public static final class App extends Application<Configuration> {
        @Override
        public void initialize(Bootstrap<Configuration> bootstrap) {
            bootstrap.getObjectMapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
        }

        @Override
        public void run(Configuration server, Environment environment) {
            AsInProduction.logs(server);
            ApiKeyStore keys = new ApiKeyStore(
                    TestDatabase.migratedBy("sahha-db/changelog.yaml").jdbi());
            keys.save(KEY, "service", Set.of(Scope.CONNECT, Scope.INTERNAL), SYNCED);
            keys.save(OTHER_KEY, "other", Set.of(Scope.INTERNAL), SYNCED);
            keys.save(READER_KEY, "reader", Set.of(Scope.HEALTH_READ), SYNCED);
            WebModule.register(
                    environment.jersey(),
                    new AccessRules(
                            new ApiKeys(keys, Clock.systemUTC()),
                            token -> Optional.of(
                                    Caller.ofMember(new UserId(token.split("\\.")[1]), Set.of(Scope.CONNECT))),
                            session -> Optional.empty()),
                    new SecurityEvents(environment.metrics()));
            ConnectFlow flow = connecting.flow();
            ConnectRoutes.register(
                    environment.jersey(),
                    flow,
                    world.configuration,
                    headers -> Optional.ofNullable(headers.getHeaderString(SIGNED_IN))
                            .map(ConnectFlowTest::member),
                    Pages.of(new BrandConfiguration()));
        }
    }

    /** A browser that is about to come back. */
    private record Consent(String callback, String cookie) {
        String state() {
            return query(callback, "state");
        }
    }

    private static Consent consentOf(String userId, @Nullable String body) throws Exception {
        return consentOf(userId, BEN, body);
    }

    private static Consent consentOf(String userId, UserId whoopMember, @Nullable String body) throws Exception {
        HttpResponse<String> opened = press(start(userId, body));
        return new Consent(consent(location(opened), whoopMember), cookie(opened));
    }

    /** What a service is answered that brings the code of this account for the member. */
    private static HttpResponse<String> serviceBrings(String userId, UserId whoopMember) throws Exception {
        JsonNode started = json(post("/internal/oauth/initiate", KEY, "{\"user_id\":\"" + userId + "\"}"), 200);
        String callback = consent(started.get("authorization_url").asText(), whoopMember);
        return post(
                "/internal/oauth/callback",
                KEY,
                "{\"code\":\"" + query(callback, "code") + "\",\"state\":\"" + query(callback, "state") + "\"}");
    }

    private static void connect(String userId, UserId whoopMember) throws Exception {
        connect(userId, whoopMember, false);
    }

    private static void connect(String userId, UserId whoopMember, boolean clearFaults) throws Exception {
        if (clearFaults) {
            world.twin.faults().clear();
        }
        Consent consent = consentOf(userId, whoopMember, null);
        assertThat(get(consent.callback(), consent.cookie()).statusCode()).isEqualTo(200);
    }

    /** The member opens the link and presses the button. */
    private static HttpResponse<String> press(JsonNode started) throws Exception {
        String link = local(started.get("connect_url").asText());
        return post(link, Map.of("token", token(get(link, null))), "Origin", PUBLIC_URL);
    }

    /** The member presses one of the buttons at the end. */
    private static HttpResponse<String> answer(HttpResponse<String> page, String word) throws Exception {
        return post(
                "/connect/answer",
                Map.of("token", token(page), "answer", word),
                "Origin",
                PUBLIC_URL,
                "Cookie",
                cookie(page));
    }

    /** What the first form of a page sends along; some text where there is no form. */
    private static String token(HttpResponse<String> page) {
        Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]+)\"").matcher(page.body());
        return token.find() ? token.group(1) : "none";
    }

    private static HttpResponse<String> post(String path, Map<String, String> form, String... headers)
            throws Exception {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request = request(path, null)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String nameOf(UserId who) {
        return world.nameOf(who);
    }

    private static void assertUnframedAndAlone(HttpResponse<String> page) {
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'");
        assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("same-origin");
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(page.body()).doesNotContain("<script", "<style", "style=", "src=\"http");
    }

    private static JsonNode start(String userId, @Nullable String body) throws Exception {
        return json(post(CONNECT + userId, KEY, body), 200);
    }

    /** The member says yes on the consent page; returns our callback's address. */
    private static String consent(String authorizationUrl, UserId member) throws Exception {
        String page = get(authorizationUrl, null).body();
        Matcher challenge =
                Pattern.compile("name=\"challenge\" value=\"([^\"]+)\"").matcher(page);
        assertThat(challenge.find()).isTrue();
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(world.twin.baseUrl() + "/oauth/oauth2/consent"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(
                                "challenge=" + challenge.group(1) + "&member=" + world.accountOf(member)))
                        .build(),
                BodyHandlers.ofString());
        return local(location(answer));
    }

    private static void assertNothingKept() {
        assertThat(rows("whoop_connection")).isEmpty();
        assertThat(heard).isEmpty();
    }

    private static void assertPage(HttpResponse<String> page, int status, String text) {
        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.body()).contains(text);
    }

    private static List<String> rows(String tableAndCondition) {
        return world.database
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery("select t::text from (select * from " + tableAndCondition + ") t")
                                .mapTo(String.class)
                                .list());
    }

    private static JsonNode json(HttpResponse<String> response, int status) throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .startsWith(status >= 400 ? "application/problem+json" : "application/json");
        return CustodySetup.mapper().readTree(response.body());
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static HttpResponse<String> get(String path, @Nullable String cookie) throws Exception {
        return get(path, null, cookie);
    }

    private static HttpResponse<String> get(String path, @Nullable String key, @Nullable String cookie)
            throws Exception {
        HttpRequest.Builder request = request(path, key).GET();
        if (cookie != null) {
            request.header("Cookie", cookie);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, @Nullable String key, @Nullable String body)
            throws Exception {
        HttpRequest.Builder request = request(path, key);
        if (body == null) {
            request.POST(BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<String> delete(String path, @Nullable String key) throws Exception {
        return http.send(request(path, key).DELETE().build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String path, @Nullable String key) {
        URI uri = URI.create(path.startsWith("/") ? "http://localhost:" + server.getLocalPort() + path : path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30));
        return key == null ? request : request.header("X-API-Key", key);
    }

    private static String location(HttpResponse<String> response) {
        return response.headers().firstValue("Location").orElseThrow();
    }

    private static String setCookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie").orElseThrow();
    }

    private static String cookie(HttpResponse<String> response) {
        return setCookie(response).replaceAll(";.*", "");
    }

    /** The path of one of our public addresses. */
    private static String local(String url) {
        assertThat(url).startsWith(PUBLIC_URL);
        return url.substring(PUBLIC_URL.length());
    }

    private static String with(String url, String name, String value) {
        return url.replaceAll("([?&])" + name + "=[^&]*", "$1" + name + "=" + value);
    }

    private static String query(String url, String name) {
        Matcher parameter = Pattern.compile("[?&]" + name + "=([^&]*)").matcher(url);
        assertThat(parameter.find()).as(name).isTrue();
        return URLDecoder.decode(parameter.group(1), StandardCharsets.UTF_8);
    }
}
