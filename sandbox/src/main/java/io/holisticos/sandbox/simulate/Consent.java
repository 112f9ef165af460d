package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.sandbox.SandboxFailure;
import io.holisticos.sandbox.simulate.Caller.Answer;
import io.holisticos.twins.world.Person;
import java.net.URI;
import java.util.Arrays;

/** How a member connects: the service's own routes, with the consent page's way taken without drawing the page. */
final class Consent {

    private final Town town;
    private final Caller caller;

    Consent(Town town, Caller caller) {
        this.town = town;
        this.caller = caller;
    }

    /** Returns false when the app asks to come back later, as it does while the quota is used up. */
    boolean connect(Person member) {
        Answer initiated = caller.post(
                "/internal/oauth/initiate",
                JsonNodeFactory.instance.objectNode().put("user_id", member.userId()));
        if (initiated.status() == 503) {
            return false;
        }
        JsonNode begun = require(initiated).body();
        URI back = town.whoop()
                .allow(
                        member.userId(),
                        URI.create(begun.path("authorization_url").asText()));
        Answer ended = caller.post(
                "/internal/oauth/callback",
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", parameter(back, "code"))
                        .put("state", parameter(back, "state")));
        if (ended.status() == 503) {
            return false;
        }
        require(ended);
        return true;
    }

    private static Answer require(Answer answer) {
        if (answer.status() != 200) {
            throw new SandboxFailure("connecting a member was answered with " + answer.status());
        }
        return answer;
    }

    private static String parameter(URI address, String name) {
        return Arrays.stream(address.getQuery().split("&", -1))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst()
                .orElseThrow(() -> new SandboxFailure("the twin sent the member back without " + name));
    }
}
