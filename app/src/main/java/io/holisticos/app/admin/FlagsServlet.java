package io.holisticos.app.admin;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.holisticos.app.flags.Flag;
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

/** {@code GET /flags}, {@code GET /flags/NAME}, {@code PUT /flags/NAME {"enabled":true,"percentage":100,"users":[]}}. */
final class FlagsServlet extends HttpServlet {

    private static final int MAX_BODY = 64 * 1024;
    private static final String FORM = "the body is {\"enabled\":true,\"percentage\":100,\"users\":[]}";

    private final transient Flags flags;
    private final transient Predicate<HttpServletRequest> maySeeMembers;
    private final transient ObjectMapper json;
    private final transient ObjectReader states;

    /** @param maySeeMembers who is shown the members a flag names, and not only how many */
    FlagsServlet(Flags flags, Predicate<HttpServletRequest> maySeeMembers, ObjectMapper json) {
        this.flags = flags;
        this.maySeeMembers = maySeeMembers;
        this.json = json;
        this.states = json.readerFor(FlagState.class).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
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
        byte[] body = request.getInputStream().readNBytes(MAX_BODY + 1);
        if (body.length > MAX_BODY) {
            AdminProblem.write(response, json, 413, "too_large", "a flag's state has at most " + MAX_BODY + " bytes");
            return;
        }
        try {
            FlagState wanted = states.readValue(body);
            if (wanted == null) { // the JSON word null
                AdminProblem.write(response, json, 400, "invalid_request", FORM);
                return;
            }
            AdminChange.note(
                    request,
                    "enabled=" + wanted.enabled() + " percentage=" + wanted.percentage() + " users="
                            + wanted.users().size());
            flags.set(flag.get(), wanted);
        } catch (JsonProcessingException e) {
            String rule = e.getCause() instanceof InvalidRequest broken ? String.valueOf(broken.getMessage()) : FORM;
            AdminProblem.write(response, json, 400, "invalid_request", rule);
            return;
        }
        write(response, flags.read(flag.get()));
    }

    private void unknown(HttpServletResponse response, String name) throws IOException {
        String known = Arrays.toString(Flag.values());
        AdminProblem.write(response, json, 404, "not_found", "no flag " + name + "; known are " + known);
    }

    private void write(HttpServletResponse response, Object body) throws IOException {
        response.setContentType("application/json");
        json.writeValue(response.getOutputStream(), body);
    }

    private static String nameIn(@Nullable String pathInfo) {
        return pathInfo == null ? "" : pathInfo.substring(Math.min(1, pathInfo.length()));
    }

    /** What everybody may see of a flag that names members. */
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
