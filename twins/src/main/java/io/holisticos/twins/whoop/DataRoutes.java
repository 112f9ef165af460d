package io.holisticos.twins.whoop;

import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.Reply;
import io.holisticos.twins.http.TwinServer;
import io.holisticos.twins.whoop.Grants.Access;
import io.holisticos.twins.world.Person;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The member data API below {@code /developer}. */
final class DataRoutes {
    private static final String V2 = "/developer/v2";
    private static final String V1 = "/developer/v1"; // deprecated; these paths still answered in 2026-08
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final Grants grants;
    private final Ledgers ledgers;
    private final Supplier<Instant> now;
    private final Supplier<Knobs> knobs;
    private final Consumer<Person> revoke;

    DataRoutes(Grants grants, Ledgers ledgers, Supplier<Instant> now, Supplier<Knobs> knobs, Consumer<Person> revoke) {
        this.grants = grants;
        this.ledgers = ledgers;
        this.now = now;
        this.knobs = knobs;
        this.revoke = revoke;
    }

    void addTo(TwinServer server) {
        collection(server, V2 + "/cycle", Scopes.CYCLES, Ledger::cycles);
        collection(server, V2 + "/recovery", Scopes.RECOVERY, Ledger::recoveries);
        collection(server, V2 + "/activity/sleep", Scopes.SLEEP, Ledger::sleeps);
        collection(server, V2 + "/activity/workout", Scopes.WORKOUT, Ledger::workouts);
        byCycle(server, V2 + "/cycle/{cycleId}", Scopes.CYCLES, Ledger::cycleOf);
        byCycle(server, V2 + "/cycle/{cycleId}/sleep", Scopes.SLEEP, Ledger::sleepOf);
        byCycle(server, V2 + "/cycle/{cycleId}/recovery", Scopes.RECOVERY, Ledger::recoveryOf);
        byUuid(server, V2 + "/activity/sleep/{id}", Scopes.SLEEP, Ledger::sleep);
        byUuid(server, V2 + "/activity/workout/{id}", Scopes.WORKOUT, Ledger::workout);
        server.route("GET", V2 + "/user/profile/basic", call -> as(call, Scopes.PROFILE, this::profile));
        server.route("GET", V2 + "/user/measurement/body", call -> as(call, Scopes.BODY, this::body));
        server.route("DELETE", V2 + "/user/access", call -> as(call, null, this::revokeAccess));
        collection(server, V1 + "/cycle", Scopes.CYCLES, DataRoutes::cyclesWithoutSteps);
        server.route("GET", V1 + "/user/profile/basic", call -> as(call, Scopes.PROFILE, this::profile));
        server.route("GET", V1 + "/activity-mapping/{id}", this::mapping);
    }

    /** The profile as the API returns it. */
    static Map<String, Object> profileJson(Person person) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user_id", person.whoopUserId());
        json.put("email", person.identity().email());
        json.put("first_name", person.identity().firstName());
        json.put("last_name", person.identity().lastName());
        return json;
    }

    /** The body measurement as the API returns it; null where the API answers 404. */
    static @Nullable Map<String, Object> bodyJson(Person person) {
        if (!person.membership().bodyMeasured()) {
            return null;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("height_meter", WhoopFormat.single(person.traits().heightMeter()));
        json.put("weight_kilogram", WhoopFormat.single(person.traits().weightKilogram()));
        json.put("max_heart_rate", person.traits().maxHeartRate());
        return json;
    }

    private void collection(TwinServer server, String path, String scope, RecordCollection records) {
        server.route(
                "GET",
                path,
                call -> as(call, scope, person -> {
                    Optional<PageRequest> request = PageRequest.of(call, path + " " + person.whoopUserId());
                    return request.map(asked ->
                                    page(asked, records.newestFirst(ledgers.of(person), now.get(), asked.before())))
                            .orElseGet(() -> Reply.empty(400));
                }));
    }

    private void byCycle(TwinServer server, String path, String scope, ByCycle read) {
        server.route(
                "GET",
                path,
                call -> as(call, scope, person -> {
                    OptionalLong id = number(call.pathParameter("cycleId"));
                    if (id.isEmpty()) {
                        return Reply.empty(400);
                    }
                    return one(call, read.find(ledgers.of(person), id.getAsLong(), now.get()));
                }));
    }

    private void byUuid(TwinServer server, String path, String scope, ByUuid read) {
        server.route(
                "GET",
                path,
                call -> as(call, scope, person -> {
                    String id = call.pathParameter("id");
                    if (!UUID_TEXT.matcher(id).matches()) {
                        return Reply.empty(400);
                    }
                    return one(call, read.find(ledgers.of(person), UUID.fromString(id), now.get()));
                }));
    }

    /** Cycles as version 1 writes them, without {@code step_count}. */
    private static Stream<WireRecord> cyclesWithoutSteps(Ledger ledger, Instant now, @Nullable Instant before) {
        return ledger.cycles(now, before)
                .map(cycle -> new WireRecord(cycle.key(), cycle.start(), cycle.end(), () -> {
                    Map<String, Object> json = new LinkedHashMap<>(cycle.json());
                    json.remove("step_count");
                    return json;
                }));
    }

    private Reply one(Call call, Optional<WireRecord> record) {
        if (record.isEmpty() || call.takesFault(FaultKind.NOT_YET)) {
            return Reply.empty(404);
        }
        return found(record.get().json());
    }

    private Reply page(PageRequest asked, Stream<WireRecord> newestFirst) {
        return knobs.get().wire().explicitNulls()
                ? Reply.of(200, "application/json", asked.bytes(newestFirst))
                : found(asked.page(newestFirst));
    }

    private Reply profile(Person person) {
        return found(profileJson(person));
    }

    private Reply body(Person person) {
        Map<String, Object> body = bodyJson(person);
        return body == null ? Reply.empty(404) : found(body);
    }

    private Reply revokeAccess(Person person) {
        revoke.accept(person);
        return Reply.empty(204);
    }

    /** Needs no token, as documented: it shows nothing but the two ids. */
    private Reply mapping(Call call) {
        OptionalLong id = number(call.pathParameter("id"));
        if (id.isEmpty()) {
            return Reply.empty(404);
        }
        return ledgers.ofOldId(id.getAsLong(), now.get())
                .map(found -> found(Map.of("v2_activity_id", found.toString())))
                .orElseGet(() -> Reply.empty(404));
    }

    private Reply as(Call call, @Nullable String scope, Function<Person, Reply> answer) {
        Optional<Access> access = call.bearer().flatMap(grants::access);
        if (access.isEmpty()) {
            return unauthorized(401);
        }
        Person person = access.get().member();
        if (knobs.get().lapsedMembers().contains(person.whoopUserId())) {
            return Reply.json(403, Map.of("error", "deactivated_user"));
        }
        if (scope != null && !access.get().scopes().contains(scope)) {
            return unauthorized(knobs.get().wire().missingScopeStatus());
        }
        return answer.apply(person);
    }

    private static Reply unauthorized(int status) {
        return Reply.text(status, "text/plain", "Authorization was not valid");
    }

    private Reply found(Map<String, Object> json) {
        return Reply.json(200, knobs.get().wire().explicitNulls() ? json : WhoopFormat.withoutNulls(json));
    }

    private static OptionalLong number(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private interface RecordCollection {
        Stream<WireRecord> newestFirst(Ledger ledger, Instant now, @Nullable Instant before);
    }

    private interface ByCycle {
        Optional<WireRecord> find(Ledger ledger, long cycleId, Instant now);
    }

    private interface ByUuid {
        Optional<WireRecord> find(Ledger ledger, UUID id, Instant now);
    }
}
