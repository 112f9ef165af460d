package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.sandbox.environment.SandboxFailure;
import io.holisticos.sandbox.simulate.AppClient.Response;
import io.holisticos.twins.world.Person;
import java.net.URI;
import java.util.Arrays;

/** Connects members over the app's own routes. WHOOP's twin consents for them without showing its page. */
final class Consent {

    private final SimulatedDeployment deployment;
    private final AppClient app;

    Consent(SimulatedDeployment deployment, AppClient app) {
        this.deployment = deployment;
        this.app = app;
    }

    /** Connects a member. Returns false when the app asks to try again later, as it does while the quota is used up. */
    boolean connect(Person member) {
        Response initiated = app.post(
                "/internal/oauth/initiate",
                JsonNodeFactory.instance.objectNode().put("user_id", member.userId()));
        if (initiated.status() == 503) {
            return false;
        }
        JsonNode started = require(initiated).body();
        URI redirect = deployment
                .whoop()
                .allow(
                        member.userId(),
                        URI.create(started.path("authorization_url").asText()));
        Response ended = app.post(
                "/internal/oauth/callback",
                JsonNodeFactory.instance
                        .objectNode()
                        .put("code", parameter(redirect, "code"))
                        .put("state", parameter(redirect, "state")));
        if (ended.status() == 503) {
            return false;
        }
        require(ended);
        return true;
    }

    private static Response require(Response response) {
        if (response.status() != 200) {
            throw new SandboxFailure("connecting a member was answered with " + response.status());
        }
        return response;
    }

    private static String parameter(URI address, String name) {
        return Arrays.stream(address.getQuery().split("&", -1))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> pair.substring(name.length() + 1))
                .findFirst()
                .orElseThrow(() -> new SandboxFailure("the twin's redirect lacks " + name));
    }
}
