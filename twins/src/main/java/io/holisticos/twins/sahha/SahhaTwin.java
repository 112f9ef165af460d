package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.Faults;
import io.holisticos.twins.http.Json;
import io.holisticos.twins.http.Reply;
import io.holisticos.twins.http.Stats;
import io.holisticos.twins.http.TwinServer;
import io.holisticos.twins.world.World;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A local Sahha over a synthetic world: tokens, scores, biomarkers, archetypes, insights, profiles and webhooks.
 *
 * <p>It is also the identity provider of the app's members ({@code POST /_twin/token}, {@code GET
 * /_twin/jwks.json}; ES256, the issuer is the twin's base URL). Safe for any number of threads.
 */
public final class SahhaTwin implements AutoCloseable {
    /** For whom members' tokens are: their claim {@code aud}. */
    public static final String MEMBERS_AUDIENCE = MemberTokens.AUDIENCE;

    private final TwinServer server;
    private final Quirks quirks;
    private final Profiles profiles;
    private final ComputedEvents happenings;
    private final MemberTokens memberTokens;
    private final @Nullable Webhooks webhooks;
    private volatile String baseUrl = "";

    private SahhaTwin(SahhaTwinOptions options, World world, TwinClock clock) {
        String accountId = world.people().get(0).identity().sahhaAccountId();
        this.quirks = new Quirks(options.quirks());
        this.profiles = new Profiles(world, options.newProfileSilence());
        this.happenings = new ComputedEvents(accountId, options.webhookSecret(), quirks);
        this.memberTokens = new MemberTokens(clock);
        var url = options.webhookUrl();
        this.webhooks = url == null ? null : new Webhooks(profiles, happenings, quirks, url, clock);
        this.server = new TwinServer("sahha-twin", clock, world.options().seed(), "/api/v1/", Set.of());

        var tokens = new Tokens(clock, accountId, options.clientSecret());
        var door = new CallAuthorizer(tokens, profiles, quirks, clock);
        new OAuthRoutes(options, tokens, profiles, door, quirks, clock).serve(server);
        new DataRoutes(door, quirks, accountId).serve(server);
        new DirectoryRoutes(door, profiles, new Directory(accountId)).serve(server);
        server.route("POST", "/_twin/token", this::issueToken);
        server.route("GET", "/_twin/jwks.json", call -> Reply.text(200, "application/json", memberTokens.jwks()));
        server.route("GET", "/_twin/quirks", call -> Reply.json(200, quirkNames()));
        server.route("PUT", "/_twin/quirks", this::setQuirks);
        server.identify(SahhaTwin::member);
        server.alsoCount("webhooks", () -> webhooks == null ? Webhooks.none() : webhooks.counts());
    }

    /** Starts a twin on loopback; fails with the system's message when the port is taken. */
    public static SahhaTwin start(SahhaTwinOptions options, World world, TwinClock clock) throws IOException {
        var twin = new SahhaTwin(options, world, clock);
        twin.server.start(options.port());
        twin.baseUrl = twin.server.baseUrl();
        var webhooks = twin.webhooks;
        if (webhooks != null) {
            webhooks.start();
            clock.onAdvance(webhooks::pumpSoon);
        }
        return twin;
    }

    /** The base URL, such as {@code http://127.0.0.1:9200}. */
    public String baseUrl() {
        return baseUrl;
    }

    /** Stops everything and breaks open replies. */
    public void stop() {
        if (webhooks != null) {
            webhooks.stop();
        }
        server.stop();
    }

    @Override
    public void close() {
        stop();
    }

    /** The calls so far. */
    public Stats stats() {
        return server.stats();
    }

    /** The fault rules. */
    public Faults faults() {
        return server.faults();
    }

    /** Turns exactly these quirks on, from the next call on. */
    public void quirks(Set<SahhaQuirk> on) {
        quirks.set(on);
    }

    /** The quirks that are on. */
    public Set<SahhaQuirk> quirks() {
        var on = EnumSet.noneOf(SahhaQuirk.class);
        on.addAll(quirks.all());
        return on;
    }

    /** The issuer of the members' tokens of a twin on this port: their claim {@code iss}. */
    public static String issuerOn(int port) {
        return TwinServer.urlOn(port);
    }

    /** A token for a member of the app, as {@code POST /_twin/token} gives; valid for an hour. */
    public String memberToken(String subject) {
        return memberTokens.issue(baseUrl, subject);
    }

    /**
     * The signed events that Sahha would send about a member for a span of time, the oldest first; none when the
     * profile is unknown.
     *
     * @param after not included
     * @param until included; may lie ahead of the clock
     */
    public List<SahhaEvent> events(String externalId, Instant after, Instant until) {
        return profiles.find(externalId)
                .map(profile -> happenings.between(profile, after, until))
                .orElse(List.of());
    }

    /** Sends all webhooks that are due and returns how many requests were made; 0 without a registered address. */
    public int pumpWebhooks() {
        return webhooks == null ? 0 : webhooks.pump();
    }

    /** Sends one event to the registered address now, whatever its time. */
    public void send(SahhaEvent event) {
        if (webhooks == null) {
            throw new IllegalStateException("no webhook address is registered");
        }
        webhooks.send(event);
    }

    private Reply issueToken(Call call) {
        JsonNode body = Json.object(call.body(), Set.of("sub"));
        return Reply.json(200, Map.of("token", memberToken(Json.text(body, "sub"))));
    }

    private List<String> quirkNames() {
        return quirks.all().stream().map(SahhaQuirk::name).toList();
    }

    private Reply setQuirks(Call call) {
        JsonNode names = Json.object(call.body(), Set.of("quirks")).path("quirks");
        var on = new ArrayList<SahhaQuirk>();
        names.forEach(name -> on.add(SahhaQuirk.valueOf(name.asText())));
        quirks.set(Set.copyOf(on));
        return Reply.json(200, quirkNames());
    }

    private static Optional<String> member(Call call) {
        return call.endpoint().endsWith("{externalId}")
                ? Optional.of(call.pathParameter("externalId"))
                : Optional.empty();
    }
}
