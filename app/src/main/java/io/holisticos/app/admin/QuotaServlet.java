package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Supplier;

/** {@code GET /quota}: how much of WHOOP's quota is used, by which lane, and how long it will last. */
public final class QuotaServlet extends HttpServlet {

    private final transient Supplier<Object> report;
    private final transient ObjectMapper json;

    /** @param report called for each request. Its public properties are written */
    public QuotaServlet(Supplier<Object> report, ObjectMapper json) {
        this.report = report;
        this.json = json;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object found;
        try {
            found = report.get();
        } catch (HealthError away) {
            AdminProblem.write(response, json, 503, "source_unavailable", "the quota cannot be read now: try again");
            return;
        }
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        json.writeValue(response.getOutputStream(), found);
    }
}
