package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Caller;
import io.holisticos.web.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets everyone read on the admin port, but only keys with scope {@code operator} change anything. Each change is
 * logged.
 */
final class OperatorsOnly extends HttpFilter {

    private static final Logger log = LoggerFactory.getLogger(OperatorsOnly.class);

    private static final String RETRY_AFTER_SECONDS = "5";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final transient ApiKeys keys;
    private final transient SecurityEvents security;
    private final transient ObjectMapper json;

    OperatorsOnly(ApiKeys keys, SecurityEvents security, ObjectMapper json) {
        this.keys = keys;
        this.security = security;
        this.json = json;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (READS.contains(request.getMethod())) {
            pass(request, response, chain);
            return;
        }
        RequestContext context = RequestContext.arriving(request::getHeader);
        context.client(request.getRemoteAddr());
        response.setHeader(RequestContext.REQUEST_ID_HEADER, context.requestId());
        try (RequestContext.Binding binding = context.bind()) {
            if (mayChange(request, response)) {
                change(request, response, chain, context);
            }
        }
    }

    private boolean mayChange(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Optional<Caller> caller = callerOf(request);
            if (caller.filter(OperatorsOnly::isOperator).isPresent()) {
                return true;
            }
            refuse(response, caller.isPresent());
        } catch (SourceUnavailable away) {
            response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
            write(response, 503, "source_unavailable", "keys cannot be checked while the database is away");
        }
        return false;
    }

    private void change(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain, RequestContext context)
            throws IOException, ServletException {
        int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
        try {
            pass(request, response, chain);
            status = response.getStatus();
        } finally {
            AdminChange.log(request, context, status);
        }
    }

    /** Every page that needs the database says so while the database does not answer. */
    private void pass(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException e) {
            if (!DatabaseAway.causes(e) || response.isCommitted()) {
                throw e;
            }
            log.warn("event=database_away port=admin cause=\"{}\"", WhatFailed.inWords(e));
            response.resetBuffer();
            response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
            AdminProblem.write(
                    response,
                    json,
                    503,
                    "source_unavailable",
                    "the database does not answer: try again; repeating the request does no harm");
        }
    }

    /** Whether the request has a key with scope {@code operator}. False while keys cannot be checked. */
    boolean isReadByOperator(HttpServletRequest request) {
        try {
            return callerOf(request).filter(OperatorsOnly::isOperator).isPresent();
        } catch (SourceUnavailable away) {
            return false;
        }
    }

    private Optional<Caller> callerOf(HttpServletRequest request) {
        String key = request.getHeader(ApiKeys.HEADER);
        return key == null ? Optional.empty() : keys.authenticate(key);
    }

    private static boolean isOperator(Caller caller) {
        return caller.may(Scope.OPERATOR);
    }

    private void refuse(HttpServletResponse response, boolean known) throws IOException {
        security.note(SecurityEvents.Kind.ADMIN_CHANGE_REFUSED, known ? "missing_scope" : "no_known_key");
        if (known) {
            write(response, 403, "forbidden", "changes need a key with scope " + Scope.OPERATOR);
        } else {
            response.setHeader("WWW-Authenticate", "ApiKey realm=\"unified-health admin\"");
            write(response, 401, "unauthenticated", "changes need X-API-Key with scope " + Scope.OPERATOR);
        }
    }

    private void write(HttpServletResponse response, int status, String code, String detail) throws IOException {
        response.setHeader(
                "Connection",
                "close"); // the body was not read: tells the client not to send another request on this connection
        AdminProblem.write(response, json, status, code, detail);
    }
}
