package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /flags}, {@code GET /flags/NAME}, {@code PUT /flags/NAME {"enabled":true,"percentage":100,"users":[]}}, which
 * keeps what is left out.
 */
final class FlagsServlet extends HttpServlet {

    private static final int MAX_BODY = 64 * 1024;

    private final transient Flags flags;
    private final transient ObjectMapper json;

    FlagsServlet(Flags flags, ObjectMapper json) {
        this.flags = flags;
        this.json = json;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = nameIn(request.getPathInfo());
        if (name.isEmpty()) {
            write(response, states(flags));
            return;
        }
        Optional<Flag> flag = Flags.named(name);
        if (flag.isPresent()) {
            write(response, flags.read(flag.get()));
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
            write(response, flags.change(flag.get(), FlagBody.read(json, body)));
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

    static Map<String, FlagState> states(Flags flags) {
        Map<String, FlagState> all = new LinkedHashMap<>();
        for (Flag flag : Flag.values()) {
            all.put(flag.name(), flags.read(flag));
        }
        return all;
    }
}
