package io.holisticos.app.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.FlagChange;
import io.holisticos.app.flags.FlagState;
import io.holisticos.app.flags.Flags;
import io.holisticos.health.HealthError.InvalidRequest;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /flags}, {@code GET /flags/NAME}, and {@code PUT /flags/NAME
 * {"enabled":true,"percentage":100,"users":[]}}, where fields that are left out keep their values.
 */
final class FlagsServlet extends HttpServlet {

    private final transient Flags flags;
    private final transient Predicate<HttpServletRequest> maySeeMembers;
    private final transient ObjectMapper json;

    /** @param maySeeMembers the requests that are shown which members a flag names. Others only see how many */
    FlagsServlet(Flags flags, Predicate<HttpServletRequest> maySeeMembers, ObjectMapper json) {
        this.flags = flags;
        this.maySeeMembers = maySeeMembers;
        this.json = json;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = nameIn(request.getPathInfo());
        Function<FlagState, Object> shown = maySeeMembers.test(request) ? state -> state : WithoutMembers::of;
        if (name.isEmpty()) {
            Map<String, Object> all = new LinkedHashMap<>();
            states(flags).forEach((flag, state) -> all.put(flag, shown.apply(state)));
            write(response, all);
            return;
        }
        Optional<Flag> flag = Flags.named(name);
        if (flag.isPresent()) {
            write(response, shown.apply(flags.read(flag.get())));
        } else {
            unknown(response, name);
        }
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = nameIn(request.getPathInfo());
        Optional<Flag> flag = Flags.named(name);
        if (flag.isEmpty()) {
            unknown(response, name);
            return;
        }
        try {
            FlagChange wanted =
                    FlagBody.read(json, request.getInputStream().readAllBytes()); // its size is limited at the edge
            AdminChange.note(request, wanted.withoutMembers());
            write(response, flags.change(flag.get(), wanted));
        } catch (InvalidRequest broken) {
            AdminProblem.write(response, json, 400, "invalid_request", String.valueOf(broken.getMessage()));
        }
    }

    private void unknown(HttpServletResponse response, String name) throws IOException {
        AdminProblem.write(response, json, 404, "not_found", noSuch(name));
    }

    static String noSuch(String name) {
        return "no flag " + name + "; known are " + Arrays.toString(Flag.values());
    }

    private void write(HttpServletResponse response, Object body) throws IOException {
        response.setContentType("application/json");
        json.writeValue(response.getOutputStream(), body);
    }

    private static String nameIn(@Nullable String pathInfo) {
        return pathInfo == null ? "" : pathInfo.substring(Math.min(1, pathInfo.length()));
    }

    /** The part of a flag that everyone may see when it names members. */
    private record WithoutMembers(
            @JsonProperty("enabled") boolean enabled,
            @JsonProperty("percentage") int percentage,
            @JsonProperty("user_count") int userCount) {

        static Object of(FlagState state) {
            return state.users().isEmpty()
                    ? state
                    : new WithoutMembers(
                            state.enabled(), state.percentage(), state.users().size());
        }
    }

    static Map<String, FlagState> states(Flags flags) {
        Map<String, FlagState> all = new LinkedHashMap<>();
        for (Flag flag : Flag.values()) {
            all.put(flag.name(), flags.read(flag));
        }
        return all;
    }
}
