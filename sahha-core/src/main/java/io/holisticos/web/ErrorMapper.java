package io.holisticos.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.MemberNotVisible;
import io.holisticos.health.HealthError.Unauthenticated;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns every exception into a response: the only place that knows the status of an error. */
public final class ErrorMapper implements ExceptionMapper<Throwable> {

    private static final Logger log = LoggerFactory.getLogger(ErrorMapper.class);

    private final SecurityEvents security;

    @Context
    private @Nullable UriInfo uri;

    @Context
    private @Nullable HttpHeaders headers;

    ErrorMapper(SecurityEvents security) {
        this.security = security;
    }

    @Override
    public Response toResponse(Throwable thrown) {
        if (thrown instanceof WebApplicationException web && web.getResponse().getStatus() < 400) {
            return web.getResponse();
        }
        HealthError error = domainError(thrown);
        if (error instanceof Unauthenticated) {
            security.note(SecurityEvents.Kind.AUTHENTICATION_FAILED, whyNobody());
        } else if (error instanceof Forbidden) {
            security.note(SecurityEvents.Kind.FORBIDDEN, "missing_scope");
        } else if (error instanceof MemberNotVisible) {
            security.note(SecurityEvents.Kind.FORBIDDEN, "another_member");
        }
        return answer(problemOf(thrown, instance()), allowOf(thrown));
    }

    /**
     * The problem that an exception is to callers of new routes. One that is not the caller's fault is logged.
     *
     * @param instance the path that was asked for
     */
    public static Problem problemOf(Throwable thrown, String instance) {
        HealthError error = domainError(thrown);
        if (error != null) {
            return ofDomain(error, instance);
        }
        if (thrown instanceof ConstraintViolationException violations) {
            List<String> errors = violations.getConstraintViolations().stream()
                    .map(violation -> violation.getPropertyPath() + " " + violation.getMessage())
                    .sorted()
                    .toList();
            return problem(400, "invalid_request", "the request breaks a rule", instance, null, errors);
        }
        if (thrown instanceof JsonProcessingException) {
            return ofDomain(new InvalidRequest("the body is not the JSON this expects"), instance);
        }
        if (thrown instanceof ProcessingException) { // Jersey's, of a header of the request that it cannot read
            return ofDomain(new InvalidRequest("a header of the request is not written as HTTP wants it"), instance);
        }
        if (thrown instanceof UnsupportedCharsetException || thrown instanceof IllegalCharsetNameException) {
            return ofDomain(new InvalidRequest("the body is in a character set that is not known"), instance);
        }
        if (thrown instanceof WebApplicationException web) { // what Jersey itself refuses: route, method or media type
            int status = web.getResponse().getStatus();
            return Problem.ofStatus(status, Problem.titleOf(status), instance);
        }
        String id = RequestContext.current() // its log line event=request exists, however often this error occurs
                .map(RequestContext::requestId)
                .orElseGet(() -> UUID.randomUUID().toString());
        log.error("event=unexpected_error id={}", id, thrown);
        return problem(500, "internal_error", "an unexpected error, reported as " + id, instance, null, null);
    }

    /** Jersey wraps the exception of an invalid parameter. */
    private static @Nullable HealthError domainError(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof HealthError error) {
                return error;
            }
        }
        return null;
    }

    private static Problem ofDomain(HealthError error, String instance) {
        int status = statusOf(error.kind());
        if (status >= 500) {
            log.warn(
                    "event=request_failed kind={} reason=\"{}\" cause=\"{}\"",
                    error.kind(),
                    error.getMessage(),
                    WhatFailed.inWords(error));
        }
        Long retryAfter =
                error.retryAfter().map(wait -> Math.max(1, wait.toSeconds())).orElse(null);
        String code = error instanceof Conflict conflict ? conflict.code() : codeOf(error.kind());
        List<String> errors = error instanceof InvalidRequest invalid ? invalid.errors() : null;
        return problem(status, code, String.valueOf(error.getMessage()), instance, retryAfter, errors);
    }

    private String whyNobody() {
        Credentials shown = headers == null
                ? new Credentials.None()
                : Credentials.of(SessionPort.API, "GET", headers::getRequestHeader);
        if (shown instanceof Credentials.None) {
            return "no_key";
        }
        if (shown instanceof Credentials.Session) {
            return "ended_session";
        }
        return shown instanceof Credentials.Token ? "refused_token" : "unknown_key";
    }

    private static int statusOf(HealthError.Kind kind) {
        return switch (kind) {
            case INVALID_REQUEST -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case MEMBER_NOT_FOUND, CONNECTION_NOT_FOUND -> 404;
            case REAUTHORIZATION_REQUIRED, CONFLICT -> 409;
            case BAD_SOURCE_REPLY -> 502;
            case INTEGRATION_DISABLED, SOURCE_THROTTLED, SOURCE_UNAVAILABLE ->
                503; // 429 is only for callers who exceed our own limits
        };
    }

    private static String codeOf(HealthError.Kind kind) {
        return kind == HealthError.Kind.INTEGRATION_DISABLED
                ? "disabled"
                : kind.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String allowOf(Throwable thrown) {
        return thrown instanceof WebApplicationException web
                ? web.getResponse().getHeaderString(HttpHeaders.ALLOW)
                : null;
    }

    private Response answer(Problem problem, @Nullable String allow) {
        Response.ResponseBuilder answer = Response.status(problem.status());
        if (problem.status() == 401) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "ApiKey realm=\"unified-health\"");
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"unified-health\"");
        }
        if (problem.retryAfterSeconds() != null) {
            answer.header(HttpHeaders.RETRY_AFTER, problem.retryAfterSeconds());
        }
        if (allow != null) {
            answer.header(HttpHeaders.ALLOW, allow);
        }
        boolean existing = uri == null || ExistingRoutes.contain(uri);
        return existing
                ? answer.type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(new Detail(problem.detail()))
                        .build()
                : answer.type(Problem.MEDIA_TYPE).entity(problem).build();
    }

    private static Problem problem(
            int status,
            String code,
            String detail,
            String instance,
            @Nullable Long retryAfterSeconds,
            @Nullable List<String> errors) {
        return new Problem(
                Problem.typeOf(code),
                Problem.titleOf(status),
                status,
                detail,
                instance,
                code,
                retryAfterSeconds,
                null,
                errors);
    }

    /** The path as it was sent, with its escapes: a URI reference. */
    private String instance() {
        String path = uri == null ? "" : uri.getPath(false);
        return path.startsWith("/") ? path : "/" + path;
    }

    /** An error in the form of the existing paths. */
    private record Detail(@JsonProperty("detail") String detail) {}
}
