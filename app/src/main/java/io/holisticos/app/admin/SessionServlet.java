package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.HealthError.Unauthenticated;
import io.holisticos.web.AccessRules;
import io.holisticos.web.Credentials;
import io.holisticos.web.SessionCookie;
import io.holisticos.web.SessionPort;
import io.holisticos.web.SessionResource.SessionAnswer;
import io.holisticos.web.Sessions;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;

/** Signs a browser in and out on the admin port, for whoever {@link AdminAccess} lets in. */
final class SessionServlet extends HttpServlet {

    private static final SessionPort PORT = SessionPort.ADMIN;

    private final transient Sessions sessions;
    private final transient AccessRules rules;
    private final transient ObjectMapper json;

    SessionServlet(Sessions sessions, AccessRules rules, ObjectMapper json) {
        this.sessions = sessions;
        this.rules = rules;
        this.json = json;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Credentials shown = Credentials.of(PORT, request.getMethod(), name -> values(request, name));
        try {
            Sessions.Begun begun = sessions.begin(PORT, shown, rules.known(shown), name -> values(request, name));
            sessions.end(PORT, values(request, "Cookie"));
            response.setHeader("Set-Cookie", begun.cookie());
            response.setHeader("Cache-Control", "no-store");
            response.setContentType("application/json");
            json.writeValue(response.getOutputStream(), SessionAnswer.of(begun));
        } catch (Unauthenticated ended) { // between the filter and here
            AdminProblem.write(response, json, 401, "unauthenticated", String.valueOf(ended.getMessage()));
        } catch (Forbidden other) {
            AdminProblem.write(response, json, 403, "forbidden", String.valueOf(other.getMessage()));
        } catch (SourceUnavailable away) {
            away(response);
        }
    }

    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            sessions.end(PORT, values(request, "Cookie"));
            response.setHeader("Set-Cookie", SessionCookie.of(PORT).forget());
            response.setHeader("Cache-Control", "no-store");
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } catch (SourceUnavailable away) {
            away(response);
        }
    }

    private void away(HttpServletResponse response) throws IOException {
        response.setHeader("Retry-After", AdminAccess.RETRY_AFTER_SECONDS);
        AdminProblem.write(
                response, json, 503, "source_unavailable", "sessions cannot be kept while the database is away");
    }

    private static List<String> values(HttpServletRequest request, String name) {
        return Collections.list(request.getHeaders(name));
    }
}
