package io.holisticos.sandbox.door;

import static io.holisticos.sandbox.door.Request.To.ADMIN;
import static io.holisticos.sandbox.door.Request.To.APP;
import static io.holisticos.sandbox.door.Request.To.SAHHA;
import static io.holisticos.sandbox.door.Request.To.WHOOP;

import io.holisticos.sandbox.door.Attempt.Effect;
import io.holisticos.sandbox.door.Attempt.Group;
import java.util.List;
import java.util.Optional;

/** Everything worth trying, in the order of the page. */
final class Attempts {

    /** The members that every sandbox has. */
    static final List<String> MEMBERS = List.of("demo-anna", "demo-ben", "demo-chen", "demo-dina", "demo-eve");

    private static final String ANNA = "demo-anna";
    private static final String CHEN = "demo-chen";

    /** The members whose WHOOP account waits for their consent at the start. */
    static final List<String> WAIT_FOR_CONSENT = List.of("demo-ben", CHEN);

    private static final String FAULTS = "/_twin/faults";
    private static final String CLOCK = "/_twin/clock";
    private static final String FAILS = "{\"path\":\"/\",\"kind\":\"status\",\"status\":500}";
    private static final Request AN_HOUR_PASSES = Request.post(WHOOP, CLOCK, "{\"advance\":\"PT1H\"}");
    private static final String FLAG = "/flags/WHOOP_INTEGRATION";

    private static final List<Attempt> ALL = List.of(
            anna(
                    "new-night",
                    Group.DAYS,
                    Effect.nextDayOf("whoop"),
                    Request.post(WHOOP, CLOCK, "{\"advance\":\"PT24H\"}")),
            anna("edit-sleep", Group.DAYS, Effect.SHOWN, edit(ANNA, "edit-sleep")),
            anna("add-workout", Group.DAYS, Effect.WORKOUTS, edit(ANNA, "add-workout")),
            anna("delete-sleep", Group.DAYS, Effect.SHOWN, edit(ANNA, "delete-sleep")),
            anna(
                    "lost-webhooks",
                    Group.DAYS,
                    Effect.WORKOUTS,
                    Request.post(WHOOP, "/_twin/webhooks", "{\"mode\":\"drop\"}"),
                    edit(ANNA, "add-workout"),
                    Request.post(WHOOP, "/_twin/webhooks", "{\"mode\":\"normal\"}"),
                    sync(ANNA)),
            new Attempt(
                    "revoke-chen",
                    Group.CONSENT,
                    CHEN,
                    List.of(edit(CHEN, "revoke"), sync(CHEN)),
                    Effect.sourceIs("whoop", "reauthorization_required")),
            anna(
                    "break-whoop",
                    Group.FAULTS,
                    Effect.sourceIsNot("whoop", "ok"),
                    Request.post(WHOOP, FAULTS, FAILS),
                    Request.post(WHOOP, CLOCK, "{\"advance\":\"PT6H\"}")),
            anna(
                    "slow-whoop",
                    Group.FAULTS,
                    Effect.NO_WAIT,
                    Request.post(WHOOP, FAULTS, "{\"path\":\"/\",\"kind\":\"latency\",\"delay_ms\":5000}"),
                    sync(ANNA)),
            anna(
                    "mend-whoop",
                    Group.FAULTS,
                    Effect.sourceIs("whoop", "ok"),
                    Request.delete(WHOOP, FAULTS),
                    AN_HOUR_PASSES),
            anna(
                    "break-sahha",
                    Group.FAULTS,
                    Effect.sourceIsNot("sahha", "ok"),
                    Request.post(SAHHA, FAULTS, FAILS),
                    AN_HOUR_PASSES),
            anna("mend-sahha", Group.FAULTS, Effect.sourceIs("sahha", "ok"), Request.delete(SAHHA, FAULTS)),
            anna(
                    "whoop-off",
                    Group.WISHES,
                    Effect.sourceIs("whoop", "disabled"),
                    Request.put(ADMIN, FLAG, "{\"enabled\":false}")),
            anna(
                    "whoop-on",
                    Group.WISHES,
                    Effect.sourceIsNot("whoop", "disabled"),
                    Request.put(ADMIN, FLAG, "{\"enabled\":true}")),
            anna(
                    "sahha-first",
                    Group.WISHES,
                    Effect.ANYTHING_OR_NOTHING_NEW,
                    preferences("{\"order\":[\"sahha\",\"whoop\"]}")),
            anna("usual-order", Group.WISHES, Effect.ANYTHING_OR_NOTHING_NEW, preferences("{}")));

    private Attempts() {}

    static List<Attempt> of(Group group) {
        return ALL.stream().filter(attempt -> attempt.group() == group).toList();
    }

    static Optional<Attempt> named(String name) {
        return ALL.stream().filter(attempt -> attempt.name().equals(name)).findAny();
    }

    static Request connect(String userId) {
        return Request.post(APP, "/api/v1/unified-health/connect/whoop/" + userId);
    }

    static Request overviewOf(String userId) {
        return Request.get(APP, "/api/v1/unified-health/overview/" + userId);
    }

    private static Attempt anna(String name, Group group, Effect effect, Request... requests) {
        return new Attempt(name, group, ANNA, List.of(requests), effect);
    }

    private static Request edit(String userId, String kind) {
        return Request.post(WHOOP, "/_twin/users/" + userId + "/edits", "{\"kind\":\"" + kind + "\"}");
    }

    private static Request sync(String userId) {
        return Request.post(APP, "/internal/sync/" + userId);
    }

    private static Request preferences(String body) {
        return Request.put(APP, "/api/v1/unified-health/preferences/" + ANNA, body);
    }
}
