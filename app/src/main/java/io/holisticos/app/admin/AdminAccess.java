package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.HealthError.Unauthenticated;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.AccessRules;
import io.holisticos.web.Caller;
import io.holisticos.web.Credentials;
import io.holisticos.web.RequestLog;
import io.holisticos.web.Scope;
import io.holisticos.web.SessionPort;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who gets in on the admin port: changes need scope {@code operator} and are logged; reads need scope {@code metrics} or
 * {@code operator}, unless only this machine can reach the port.
 */
final class AdminAccess extends HttpFilter {

    private static final Logger log = LoggerFactory.getLogger(AdminAccess.class);

    static final String RETRY_AFTER_SECONDS = "5";
    /** Whoever may read may also sign a browser in and out. */
    static final String SESSION = "/session";

    private static final String[] MAY_READ = {Scope.METRICS, Scope.OPERATOR};
    private static final String[] MAY_CHANGE = {Scope.OPERATOR};

    /** The last one lets a browser ask its user for a name and a password. */
    private static final List<String> CHALLENGES = List.of(
            "ApiKey realm=\"unified-health admin\"",
            "Bearer realm=\"unified-health admin\"",
            "Basic realm=\"unified-health admin\", charset=\"UTF-8\"");

    private final transient AccessRules rules;
    private final boolean readsAreOpen;
    private final transient SecurityEvents security;
    private final transient ObjectMapper json;

    AdminAccess(AccessRules rules, boolean readsAreOpen, SecurityEvents security, ObjectMapper json) {
        this.rules = rules;
        this.readsAreOpen = readsAreOpen;
        this.security = security;
        this.json = json;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean reads = Credentials.READS.contains(request.getMethod());
        if (reads && readsAreOpen) {
            pass(request, response, chain);
            return;
        }
        RequestContext context = RequestContext.arriving(request::getHeader);
        context.client(request.getRemoteAddr());
        response.setHeader(RequestContext.REQUEST_ID_HEADER, context.requestId());
        request.setAttribute(RequestLog.SEEN, true); // or the page of an error would name it by another id
        try (RequestContext.Binding binding = context.bind()) {
            if (!mayPass(request, response, reads || request.getServletPath().equals(SESSION))) {
                return;
            }
            if (reads) {
                Credentials shown = shownIn(request);
                MayStillRead.note(request, () -> mayStillRead(shown));
                pass(request, response, chain);
            } else {
                change(request, response, chain, context);
            }
        }
    }

    private boolean mayPass(HttpServletRequest request, HttpServletResponse response, boolean reads)
            throws IOException {
        try {
            Caller caller = rules.require(shownIn(request), reads ? MAY_READ : MAY_CHANGE);
            request.setAttribute(Caller.FOUND, Optional.of(caller));
            return true;
        } catch (Unauthenticated nobody) {
            request.setAttribute(Caller.FOUND, Optional.empty());
            security.note(refusal(reads), "no_known_key");
            CHALLENGES.forEach(challenge -> response.addHeader("WWW-Authenticate", challenge));
            write(response, 401, "unauthenticated", needed(reads) + ": " + nobody.getMessage());
        } catch (Forbidden other) {
            security.note(refusal(reads), "missing_scope");
            write(response, 403, "forbidden", needed(reads) + ": " + other.getMessage());
        } catch (SourceUnavailable away) {
            response.setHeader("Retry-After", RETRY_AFTER_SECONDS);
            write(response, 503, "source_unavailable", "keys cannot be checked while the database is away");
        }
        return false;
    }

    /** Not while it cannot be found out: what was known lately is known without the database. */
    private boolean mayStillRead(Credentials shown) {
        try {
            rules.require(shown, MAY_READ);
            return true;
        } catch (Unauthenticated | Forbidden | SourceUnavailable ended) {
            return false;
        }
    }

    private static SecurityEvents.Kind refusal(boolean reads) {
        return reads ? SecurityEvents.Kind.ADMIN_READ_REFUSED : SecurityEvents.Kind.ADMIN_CHANGE_REFUSED;
    }

    private static String needed(boolean reads) {
        return reads
                ? "reading needs a key with scope " + Scope.METRICS + " or " + Scope.OPERATOR
                : "changes need a key with scope " + Scope.OPERATOR;
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

    /** Whether the request has a credential with scope {@code operator}. False while that cannot be checked. */
    boolean isReadByOperator(HttpServletRequest request) {
        try {
            Credentials shown = shownIn(request);
            Optional<Caller> caller = rules.authenticate(shown);
            boolean triesOne = !(shown instanceof Credentials.None); // whoever only reads an open page does not
            if (triesOne) {
                request.setAttribute(Caller.FOUND, caller);
            }
            return caller.filter(known -> known.may(Scope.OPERATOR)).isPresent();
        } catch (SourceUnavailable away) {
            return false;
        }
    }

    private static Credentials shownIn(HttpServletRequest request) {
        return Credentials.of(
                SessionPort.ADMIN, request.getMethod(), name -> Collections.list(request.getHeaders(name)));
    }

    private void write(HttpServletResponse response, int status, String code, String detail) throws IOException {
        response.setHeader(
                "Connection",
                "close"); // the body was not read: tells the client not to send another request on this connection
        AdminProblem.write(response, json, status, code, detail);
    }
}
