package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.Reply;
import io.holisticos.twins.http.TwinServer;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The calls about profiles themselves: account, search, demographic, device, integration, deletion. */
final class DirectoryRoutes {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PAGE_SIZE = 100;

    private final CallAuthorizer authorizer;
    private final Profiles profiles;
    private final Directory directory;

    DirectoryRoutes(CallAuthorizer authorizer, Profiles profiles, Directory directory) {
        this.authorizer = authorizer;
        this.profiles = profiles;
        this.directory = directory;
    }

    void serve(TwinServer server) {
        server.route("GET", "/Version", call -> Reply.json(200, "1.0.0"));
        server.route(
                "GET", "/api/v1/account/profile/search", call -> authorizer.forAccount(call, now -> search(call, now)));
        server.route(
                "GET",
                "/api/v1/account/profile/{externalId}",
                call -> authorizer.forNamedProfile(
                        call, (profile, now) -> Reply.json(200, directory.profile(profile, now))));
        server.route(
                "GET",
                "/api/v1/profile",
                call -> authorizer.forOwnProfile(
                        call, (profile, now) -> Reply.json(200, directory.profile(profile, now))));
        server.route("DELETE", "/api/v1/profile", call -> authorizer.forAccount(call, now -> delete(call)));
        both(server, "demographic", (profile, now) -> orNothing(directory.demographic(profile, now)));
        both(server, "deviceInformation", (profile, now) -> orNothing(directory.deviceInformation(profile, now)));
        both(server, "integration", (profile, now) -> integrations(profile));
    }

    private void both(TwinServer server, String path, BiFunction<Profile, Instant, Reply> read) {
        server.route("GET", "/api/v1/profile/" + path, call -> authorizer.forOwnProfile(call, read));
        server.route(
                "GET", "/api/v1/profile/" + path + "/{externalId}", call -> authorizer.forNamedProfile(call, read));
    }

    private Reply search(Call call, Instant now) {
        String words = call.query("searchParameter").orElse("");
        int page = whole(call, "currentPage", 1);
        int size = Math.max(1, whole(call, "pageSize", PAGE_SIZE));
        return Reply.json(200, directory.search(profiles.all(), words, page, size, now));
    }

    private static int whole(Call call, String name, int otherwise) {
        try {
            return call.query(name).map(Integer::parseInt).orElse(otherwise);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** The body is undocumented; a list of external ids is our assumption. */
    private Reply delete(Call call) {
        try {
            JsonNode ids = MAPPER.readTree(call.body());
            if (!ids.isArray()) {
                return authorizer.invalid("body", "A list of external ids is required.");
            }
            ids.forEach(id -> profiles.delete(id.asText()));
            return Reply.empty(200);
        } catch (IOException e) {
            return authorizer.invalid("body", "A list of external ids is required.");
        }
    }

    private Reply integrations(Profile profile) {
        List<ObjectNode> found = directory.integrations(profile);
        return found.isEmpty() ? authorizer.nothing(false) : Reply.json(200, SahhaFormat.array(found));
    }

    private static Reply orNothing(Optional<ObjectNode> found) {
        return found.map(node -> Reply.json(200, node)).orElseGet(() -> Reply.empty(204));
    }
}
