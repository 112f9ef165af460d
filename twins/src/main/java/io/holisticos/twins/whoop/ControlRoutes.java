package io.holisticos.twins.whoop;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.Json;
import io.holisticos.twins.http.Reply;
import io.holisticos.twins.http.TwinServer;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Routes that only a twin has: all records of a member, edits, and the mode of webhooks. */
final class ControlRoutes {
    private final WhoopTwin twin;
    private final World world;

    ControlRoutes(WhoopTwin twin, World world) {
        this.twin = twin;
        this.world = world;
    }

    void addTo(TwinServer server) {
        server.route("GET", "/_twin/users", call -> Reply.json(200, users()));
        server.route("GET", "/_twin/users/{id}/truth", call -> withUser(call, this::truth));
        server.route("POST", "/_twin/users/{id}/edits", call -> withUser(call, person -> edit(call, person)));
        server.route("POST", "/_twin/webhooks", this::mode);
        server.route("GET", "/_twin/webhooks", call -> Reply.json(200, twin.webhookStats()));
        server.route("POST", "/_twin/quota/reset", call -> {
            twin.resetQuota();
            return Reply.empty(204);
        });
    }

    private List<Map<String, Object>> users() {
        return world.people().stream()
                .filter(person -> person.membership().hasWhoopAccount())
                .map(person -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("user_id", person.userId());
                    json.put("whoop_user_id", person.whoopUserId());
                    json.put("granted", twin.hasGrant(person.userId()));
                    return json;
                })
                .toList();
    }

    private Reply truth(Person person) {
        return Reply.json(200, twin.truth(person));
    }

    private Reply edit(Call call, Person person) {
        JsonNode order = Json.object(call.body(), Set.of("kind", "id"));
        String word = Json.text(order, "kind");
        EditKind kind =
                EditKind.ofWord(word).orElseThrow(() -> new IllegalArgumentException("unknown kind '" + word + "'"));
        Optional<String> id = order.has("id") ? Optional.of(Json.text(order, "id")) : Optional.empty();
        return twin.edit(person, kind, id)
                .map(done -> Reply.json(200, done))
                .orElseGet(() -> Reply.json(404, Map.of("error", "no such record")));
    }

    private Reply mode(Call call) {
        String word = Json.text(Json.object(call.body(), Set.of("mode")), "mode");
        twin.webhookMode(WebhookMode.ofWord(word)
                .orElseThrow(() -> new IllegalArgumentException("unknown mode '" + word + "'")));
        return Reply.json(200, Map.of("mode", word));
    }

    private Reply withUser(Call call, Function<Person, Reply> answer) {
        String id = call.pathParameter("id");
        Optional<Person> person = id.chars().allMatch(Character::isDigit) && id.length() < 19 && !id.isEmpty()
                ? world.byWhoopUserId(Long.parseLong(id))
                : world.byUserId(id).filter(found -> found.membership().hasWhoopAccount());
        return person.map(answer).orElseGet(() -> Reply.json(404, Map.of("error", "no such member")));
    }
}
