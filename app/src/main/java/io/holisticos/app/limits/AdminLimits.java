package io.holisticos.app.limits;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.limits.VerifiedCredentials.Shown;
import io.holisticos.app.limits.VerifiedCredentials.Whose;
import io.holisticos.web.Caller;
import io.holisticos.web.Credentials;
import io.holisticos.web.Problem;
import io.holisticos.web.SessionPort;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;

/** Refuses an address on the admin port that tries keys, before a key is looked up. Operators who are known are not counted. */
final class AdminLimits extends HttpFilter {

    private final transient Limits limits;
    private final transient ObjectMapper json;

    AdminLimits(Limits limits, ObjectMapper json) {
        this.limits = limits;
        this.json = json;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<Shown> credential = Shown.of(Credentials.of(
                SessionPort.ADMIN, request.getMethod(), name -> Collections.list(request.getHeaders(name))));
        String client = request.getRemoteAddr();
        if (credential.isPresent() && !limits.areVerified(credential) && limits.isAddressSpent(client)) {
            refuse(request, response);
            return;
        }
        chain.doFilter(request, response);
        if (request.getAttribute(Caller.FOUND) instanceof Optional<?> caller) { // else nobody looked who it is
            if (caller.isPresent() && caller.get() instanceof Caller known) {
                limits.verified(credential, Whose.of(known));
            } else {
                limits.refused(credential, client);
            }
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(429);
        response.setHeader("Retry-After", "1");
        response.setHeader("Connection", "close"); // the body was not read
        response.setContentType(Problem.MEDIA_TYPE);
        json.writeValue(
                response.getOutputStream(),
                Problem.of(
                        429,
                        "too_many_requests",
                        "too many requests of this address without a key that is known: come back after 1 s",
                        request.getRequestURI(),
                        1L));
    }
}
