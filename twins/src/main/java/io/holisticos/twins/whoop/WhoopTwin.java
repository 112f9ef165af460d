package io.holisticos.twins.whoop;

import io.holisticos.twins.TwinClock;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.Faults;
import io.holisticos.twins.http.Stats;
import io.holisticos.twins.http.TwinServer;
import io.holisticos.twins.whoop.Grants.TokenAnswer;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * WHOOP as an application sees it, on loopback: consent page, tokens, member data, quota and webhooks.
 *
 * <p>The {@link World} says what members did, and the {@link TwinClock} says what time it is. Everything else (grants,
 * edits, counters) is kept here until {@link #stop}.
 */
public final class WhoopTwin {
    private final World world;
    private final TwinClock clock;
    private final TwinServer server;
    private final Grants grants;
    private final Ledgers ledgers;
    private final Quota quota;
    private final Webhooks webhooks;
    private final @Nullable Pump pump;
    private final Object pumping = new Object();
    private volatile WhoopApp app;
    private volatile Knobs knobs;
    private final EventQueue events;
    private final OAuthRoutes oauth;
    private Instant pumpedUntil;

    private WhoopTwin(WhoopTwinOptions options, World world, TwinClock clock) {
        this.world = world;
        this.clock = clock;
        this.app = options.app();
        this.knobs = options.knobs();
        long seed = world.options().seed();
        this.pumpedUntil = now();
        this.server = new TwinServer(
                "whoop-twin",
                clock,
                seed,
                "/developer",
                Set.of(FaultKind.NOT_YET, FaultKind.QUOTA_MINUTE, FaultKind.QUOTA_DAY, FaultKind.LOST_REFRESH_REPLY));
        this.grants = new Grants(clock, () -> knobs.tokens());
        this.ledgers = new Ledgers(world, options.scoring());
        this.quota = new Quota(clock, () -> knobs.limits());
        this.webhooks = new Webhooks(clock, () -> app, () -> knobs, seed);
        this.events = new EventQueue(
                world.people().stream()
                        .filter(person -> person.membership().hasWhoopAccount())
                        .toList(),
                ledgers,
                grants::has,
                pumpedUntil);
        this.oauth = new OAuthRoutes(grants, world, clock, () -> app, () -> knobs);
        this.pump = options.pumps() ? new Pump(this::pump) : null;
    }

    /** Starts listening. Fails when the port is taken. */
    public static WhoopTwin start(WhoopTwinOptions options, World world, TwinClock clock) throws IOException {
        WhoopTwin twin = new WhoopTwin(options, world, clock);
        twin.open(options.port());
        return twin;
    }

    private void open(int port) throws IOException {
        oauth.addTo(server);
        new DataRoutes(grants, ledgers, this::now, () -> knobs, this::revoke).addTo(server);
        new ControlRoutes(this, world).addTo(server);
        server.filter(quota::admit);
        server.identify(call -> call.bearer()
                .flatMap(grants::access)
                .map(access -> Long.toString(access.member().whoopUserId())));
        server.alsoCount("webhooks", webhooks::toJson);
        server.start(port);
        if (pump != null) {
            clock.onAdvance(pump::wake);
            pump.start();
        }
    }

    /** Stops everything at once and breaks open replies. */
    public void stop() {
        if (pump != null) {
            pump.stop();
        }
        server.stop();
        webhooks.stop();
    }

    /** The base URL without a slash at the end; data is below {@code /developer}, OAuth below {@code /oauth}. */
    public String baseUrl() {
        return server.baseUrl();
    }

    /** The calls so far; {@link Stats#maxCallsIn60s} counts those below {@code /developer}. */
    public Stats stats() {
        return server.stats();
    }

    /** The fault rules. */
    public Faults faults() {
        return server.faults();
    }

    /** The switches in force. */
    public Knobs knobs() {
        return knobs;
    }

    /** Sets the switches from now on. */
    public void turn(Knobs other) {
        knobs = other;
    }

    /** The application as registered. */
    public WhoopApp app() {
        return app;
    }

    /** Changes the registration from now on: another secret, fewer scopes, other webhook URLs. */
    public void register(WhoopApp other) {
        app = other;
    }

    /** Tokens of that member with all scopes of the application, as a consent would give them. */
    public IssuedTokens grant(String userId) {
        return grant(userId, app.scopes());
    }

    /** Tokens of that member with those scopes, as a consent would give them. */
    public IssuedTokens grant(String userId, Set<String> scopes) {
        String redirectUri = "urn:twin";
        String code = grants.issueCode(member(userId), scopes, redirectUri, "");
        if (grants.redeem(code, redirectUri, "") instanceof TokenAnswer.Issued issued) {
            return issued.tokens();
        }
        throw new IllegalStateException("a new code is always valid");
    }

    /** Whether the member has a grant that can still be used. */
    public boolean hasGrant(String userId) {
        return grants.has(member(userId));
    }

    /** The member revokes inside the WHOOP app: tokens become invalid and webhooks stop, without a notice. */
    public void revokeGrant(String userId) {
        revoke(member(userId));
    }

    /** Resets both quota windows, and {@link Stats#maxCallsIn60s} with them. */
    public void resetQuota() {
        quota.reset();
        server.stats().clearMinute();
    }

    /**
     * The address that a member's browser is redirected to after allowing access, without showing the consent page.
     *
     * @param authorizationUrl the address that the application sent the browser to
     */
    public URI allow(String userId, URI authorizationUrl) {
        return oauth.allow(member(userId), authorizationUrl);
    }

    /** When the next event happens or the next delivery is due, so that {@link #pump} has something to do. */
    public Optional<Instant> nextPumpAt() {
        return Stream.of(events.next(), webhooks.next())
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    /** Sets the listener for every event accepted or lost, which runs on the pumping thread; once for each sending. */
    public void onNotice(Consumer<Notice> listener) {
        webhooks.listener(listener);
    }

    /** Edits a record after skipping {@code older} newer ones of its kind. Empty when there is no such record. */
    public Optional<Map<String, Object>> edit(String userId, EditKind kind, int older) {
        Person person = member(userId);
        Instant now = now();
        Ledger ledger = ledgers.of(person);
        Stream<WireRecord> records = switch (kind) {
            case RESCORE, EDIT_SLEEP, DELETE_SLEEP -> ledger.sleeps(now, null);
            case DELETE_WORKOUT -> ledger.workouts(now, null);
            case ADD_WORKOUT, REVOKE -> Stream.empty();
        };
        Optional<String> id = records.skip(older).map(WireRecord::key).findFirst();
        boolean anyRecord = kind == EditKind.ADD_WORKOUT || kind == EditKind.REVOKE;
        return id.isEmpty() && !anyRecord ? Optional.empty() : edit(person, kind, id);
    }

    /** Edits the latest record of a kind. Empty when there is none. */
    public Optional<Map<String, Object>> edit(String userId, EditKind kind) {
        return edit(member(userId), kind, Optional.empty());
    }

    /** Changes how events are delivered from now on. */
    public void webhookMode(WebhookMode mode) {
        webhooks.mode(mode);
    }

    /** Webhooks sent, delivered, failed, dropped and waiting. */
    public Map<String, Object> webhookStats() {
        return webhooks.toJson();
    }

    /**
     * One record as the API would have returned it at a moment, with all edits made since.
     *
     * @param collection {@code cycles}, {@code recoveries}, {@code sleeps} or {@code workouts}
     * @param key the record's id; of a recovery, its cycle's
     */
    public Optional<Map<String, Object>> record(String userId, String collection, String key, Instant asOf) {
        Ledger ledger = ledgers.of(member(userId));
        Instant moment = asOf.truncatedTo(ChronoUnit.MILLIS);
        Stream<WireRecord> records = switch (collection) {
            case "cycles" -> ledger.cycles(moment, null);
            case "recoveries" -> ledger.recoveries(moment, null);
            case "sleeps" -> ledger.sleeps(moment, null);
            case "workouts" -> ledger.workouts(moment, null);
            default -> throw new IllegalArgumentException("no collection '" + collection + "'");
        };
        return records.filter(record -> record.key().equals(key)).findFirst().map(WireRecord::json);
    }

    /** Everything the API would return about that member now, in one object. */
    public Map<String, Object> truth(String userId) {
        return truth(member(userId));
    }

    /**
     * Sends every webhook that has become due since the last time, and waits for the answers.
     *
     * @return how many requests were made
     */
    public int pump() {
        synchronized (pumping) {
            Instant now = now();
            if (!app.webhookUrls().isEmpty()) {
                webhooks.add(events.take(pumpedUntil, now));
            }
            pumpedUntil = now;
            return webhooks.deliverDue();
        }
    }

    Map<String, Object> truth(Person person) {
        Instant now = now();
        Ledger ledger = ledgers.of(person);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user_id", person.whoopUserId());
        json.put("as_of", WhoopFormat.time(now));
        json.put("granted", grants.has(person));
        json.put("profile", DataRoutes.profileJson(person));
        json.put("body_measurement", DataRoutes.bodyJson(person));
        json.put("cycles", all(ledger.cycles(now, null)));
        json.put("recoveries", all(ledger.recoveries(now, null)));
        json.put("sleeps", all(ledger.sleeps(now, null)));
        json.put("workouts", all(ledger.workouts(now, null)));
        return json;
    }

    Optional<Map<String, Object>> edit(Person person, EditKind kind, Optional<String> id) {
        Instant now = now();
        Ledger ledger = ledgers.of(person);
        return switch (kind) {
            case RESCORE ->
                sleep(ledger, id, now)
                        .filter(sleep -> ledger.rescore(sleep, now))
                        .map(sleep -> announce(kind, ledger, now, sleep, withRecovery("updated", ledger, sleep, now)));
            case EDIT_SLEEP ->
                sleep(ledger, id, now)
                        .filter(sleep -> ledger.trim(sleep, now))
                        .map(sleep -> announce(kind, ledger, now, sleep, withRecovery("updated", ledger, sleep, now)));
            case DELETE_SLEEP ->
                sleep(ledger, id, now)
                        .filter(sleep -> ledger.deleteSleep(sleep, now))
                        .map(sleep -> announce(kind, ledger, now, sleep, withRecovery("deleted", ledger, sleep, now)));
            case ADD_WORKOUT ->
                Optional.of(ledger.addWorkout(now))
                        .map(workout -> announce(kind, ledger, now, workout, List.of("workout.updated")));
            case DELETE_WORKOUT ->
                workout(ledger, id, now)
                        .filter(workout -> ledger.deleteWorkout(workout, now))
                        .map(workout -> announce(kind, ledger, now, workout, List.of("workout.deleted")));
            case REVOKE -> {
                revoke(person);
                yield Optional.of(Map.of("kind", kind.word(), "events", List.of()));
            }
        };
    }

    private Map<String, Object> announce(EditKind kind, Ledger ledger, Instant now, UUID record, List<String> types) {
        if (grants.has(ledger.person())) {
            webhooks.add(
                    types.stream().map(type -> ledger.event(type, record, now)).toList());
            if (pump != null) {
                pump.wake();
            }
        }
        Map<String, Object> done = new LinkedHashMap<>();
        done.put("kind", kind.word());
        done.put("id", record.toString());
        done.put("events", types);
        return done;
    }

    private static List<String> withRecovery(String change, Ledger ledger, UUID sleep, Instant now) {
        return ledger.isMainSleep(sleep, now)
                ? List.of("sleep." + change, "recovery." + change)
                : List.of("sleep." + change);
    }

    /** The named sleep, or the latest main sleep. */
    private static Optional<UUID> sleep(Ledger ledger, Optional<String> id, Instant now) {
        return id.map(WhoopTwin::uuid)
                .orElseGet(() -> ledger.sleeps(now, null)
                        .map(record -> UUID.fromString(record.key()))
                        .filter(sleep -> ledger.isMainSleep(sleep, now))
                        .findFirst());
    }

    private static Optional<UUID> workout(Ledger ledger, Optional<String> id, Instant now) {
        return id.map(WhoopTwin::uuid)
                .orElseGet(() -> ledger.workouts(now, null)
                        .map(record -> UUID.fromString(record.key()))
                        .findFirst());
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void revoke(Person person) {
        grants.revoke(person);
        webhooks.forget(person.whoopUserId());
    }

    private Person member(String userId) {
        return world.byUserId(userId)
                .filter(person -> person.membership().hasWhoopAccount())
                .orElseThrow(() -> new IllegalArgumentException("no member '" + userId + "'"));
    }

    /** WHOOP's times have milliseconds. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static List<Map<String, Object>> all(Stream<WireRecord> records) {
        return records.map(record -> record.json()).toList();
    }
}
