package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes an error response of the admin port, as RFC 9457 has it. */
public final class AdminProblem {

    private AdminProblem() {}

    public static void write(HttpServletResponse response, ObjectMapper json, int status, String code, String detail)
            throws IOException {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "urn:unified-health:problem:" + code);
        problem.put("title", code.replace('_', ' '));
        problem.put("status", status);
        problem.put("detail", detail);
        problem.put("code", code);
        response.setStatus(status);
        response.setContentType("application/problem+json");
        json.writeValue(response.getOutputStream(), problem);
    }
}
