package io.holisticos.web;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.Conflict;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.Unauthenticated;
import io.holisticos.health.WhatFailed;
import io.holisticos.trace.RequestContext;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
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
        return answer(thrown);
    }

    private Response answer(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) { // Jersey wraps the exception of an invalid parameter
            if (t instanceof HealthError error) {
                return ofDomain(error);
            }
        }
        if (thrown instanceof ConstraintViolationException violations) {
            List<String> errors = violations.getConstraintViolations().stream()
                    .map(violation -> violation.getPropertyPath() + " " + violation.getMessage())
                    .sorted()
                    .toList();
            return write(400, "invalid_request", "the request breaks a rule", null, errors);
        }
        if (thrown instanceof JsonProcessingException) {
            return ofDomain(new InvalidRequest("the body is not the JSON this expects"));
        }
        if (thrown instanceof WebApplicationException web) {
            return ofHttp(web);
        }
        String id = RequestContext.current() // its log line event=request exists, however often this error occurs
                .map(RequestContext::requestId)
                .orElseGet(() -> UUID.randomUUID().toString());
        log.error("event=unexpected_error id={}", id, thrown);
        return write(500, "internal_error", "an unexpected error, reported as " + id, null, null);
    }

    private Response ofDomain(HealthError error) {
        int status = statusOf(error.kind());
        if (error instanceof Unauthenticated) {
            security.note(SecurityEvents.Kind.AUTHENTICATION_FAILED, hasSentKey() ? "unknown_key" : "no_key");
        } else if (error instanceof Forbidden) {
            security.note(SecurityEvents.Kind.FORBIDDEN, "missing_scope");
        }
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
        List<String> errors =
                error instanceof InvalidRequest invalid && !invalid.errors().isEmpty() ? invalid.errors() : null;
        return write(status, code, String.valueOf(error.getMessage()), retryAfter, errors);
    }

    private boolean hasSentKey() {
        return headers != null && headers.getHeaderString(ApiKeys.HEADER) != null;
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

    /** Requests that Jersey itself refuses: unknown route, method or media type. */
    private Response ofHttp(WebApplicationException thrown) {
        Response theirs = thrown.getResponse();
        int status = theirs.getStatus();
        if (status < 400) {
            return theirs;
        }
        Response ours = write(status, Problem.codeOf(status), Problem.titleOf(status), null, null);
        String allow = theirs.getHeaderString(HttpHeaders.ALLOW);
        return allow == null
                ? ours
                : Response.fromResponse(ours).header(HttpHeaders.ALLOW, allow).build();
    }

    private Response write(
            int status, String code, String detail, @Nullable Long retryAfterSeconds, @Nullable List<String> errors) {
        Response.ResponseBuilder answer = Response.status(status);
        if (status == 401) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "ApiKey realm=\"unified-health\"");
        }
        if (retryAfterSeconds != null) {
            answer.header(HttpHeaders.RETRY_AFTER, retryAfterSeconds);
        }
        String path = uri == null ? "" : uri.getPath();
        if (ExistingRoutes.contain(path)) {
            return answer.type(MediaType.APPLICATION_JSON_TYPE)
                    .entity(new Detail(detail))
                    .build();
        }
        Problem problem = new Problem(
                Problem.typeOf(code),
                Problem.titleOf(status),
                status,
                detail,
                instance(),
                code,
                retryAfterSeconds,
                null,
                errors);
        return answer.type(Problem.MEDIA_TYPE).entity(problem).build();
    }

    /** The path as it was sent, with its escapes: a URI reference. */
    private String instance() {
        String path = uri == null ? "" : uri.getPath(false);
        return path.startsWith("/") ? path : "/" + path;
    }

    /** An error in the form of the existing paths. */
    private record Detail(@JsonProperty("detail") String detail) {}
}
