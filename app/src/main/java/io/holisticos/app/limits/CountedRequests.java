package io.holisticos.app.limits;

import io.holisticos.app.limits.VerifiedCredentials.Shown;
import io.holisticos.app.limits.VerifiedCredentials.Whose;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.Caller;
import io.holisticos.web.Credentials;
import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.Problem;
import io.holisticos.web.SessionPort;
import io.holisticos.web.WebhookReceiver;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.lang.annotation.Annotation;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where the requests of the API's port are counted: before access is decided, after the credential was verified, and when the
 * answer is known.
 */
final class CountedRequests {

    private static final int TOO_MANY_REQUESTS = 429;

    /** Probes are never refused; the first two are existing paths. */
    private static final Set<String> PROBES = Set.of("", "health", "health/live", "health/ready");

    /** What is answered below {@code /webhooks/} when a signature was wrong, or not even looked at. */
    private static final Set<Integer> NOT_SIGNED = Set.of(401, 404, 405, 413, 415);

    /** The standing by which the request was counted last. */
    private static final String STANDING = "limits.standing";

    /** The credential that the request shows. */
    private static final String SHOWN = "limits.shown";

    /** Present when the request was counted for its address. */
    private static final String OF_ADDRESS = "limits.of_address";

    /** Present when the request was counted for anything. */
    private static final String COUNTED = "limits.counted";

    private final Limits limits;
    private final Predicate<UriInfo> open;

    CountedRequests(Limits limits, Predicate<UriInfo> open) {
        this.limits = limits;
        this.open = open;
    }

    ContainerRequestFilter beforeAccess() {
        return new BeforeAccess();
    }

    ContainerRequestFilter afterAuthentication() {
        return new AfterAuthentication();
    }

    ContainerRequestFilter afterAccess() {
        return new AfterAccess();
    }

    ContainerResponseFilter withAnswer() {
        return new WithAnswer();
    }

    /** Counts a request for its address, unless its credential was verified lately. */
    @PreMatching
    @Priority(Priorities.AUTHENTICATION - 100)
    private final class BeforeAccess implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            if (isCountedLater(request.getUriInfo()) || limits.areVerified(shownIn(request))) {
                return;
            }
            request.setProperty(OF_ADDRESS, true);
            counted(request, limits.takeOfAddress(client()));
        }
    }

    /** Counts a request for its caller, whom the route asked for. */
    @Priority(Priorities.AUTHENTICATION + 1)
    private final class AfterAuthentication implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            if (request.getSecurityContext().getUserPrincipal() instanceof Caller caller) {
                Whose whose = Whose.of(caller);
                isVerified(request, whose);
                counted(request, limits.takeOf(whose));
            }
        }
    }

    /** Counts a request where the route itself asks for no caller: on an existing path, or on a page that is open to everybody. */
    @Priority(Priorities.USER)
    private final class AfterAccess implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            UriInfo uri = request.getUriInfo();
            if (request.getSecurityContext().getUserPrincipal() instanceof Caller) {
                return;
            }
            if (!ExistingRoutes.holdHealthData(uri)) {
                countOpenPage(request);
                return;
            }
            Optional<RequestContext> named =
                    RequestContext.current().filter(context -> !context.caller().equals(RequestContext.NONE));
            if (named.isPresent()) {
                Whose whose = new Whose(named.get().caller(), named.get().callerId());
                isVerified(request, whose);
                counted(request, limits.takeOf(whose));
            } else if (open.test(uri)) {
                counted(request, takeOfExistingCaller(request));
            }
        }

        /** While a credential is looked up anew, which nobody waits for here, it is whose it was. */
        private Optional<Standing> takeOfExistingCaller(ContainerRequestContext request) {
            Optional<Shown> shown = shownIn(request);
            if (request.getProperty(ExistingRoutes.UNKNOWN_CREDENTIAL) != null) {
                limits.forget(shown);
            }
            return limits.whose(shown).map(limits::takeOf).orElseGet(() -> limits.takeOfExistingRoutes(client()));
        }

        /** A credential that was verified elsewhere opens nothing here, so it spares nobody the limit either. */
        private void countOpenPage(ContainerRequestContext request) {
            if (request.getProperty(OF_ADDRESS) == null && !isCountedLater(request.getUriInfo())) {
                counted(request, limits.takeOfAddress(client()));
            }
        }
    }

    /** Says how the caller stands, except on existing paths, whose answers stay as they are. */
    @Priority(Priorities.AUTHENTICATION)
    private final class WithAnswer implements ContainerResponseFilter {
        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            String path = request.getUriInfo().getPath();
            if (isWebhook(path)) {
                if (NOT_SIGNED.contains(response.getStatus())) {
                    countLate(request, response, limits.takeOfAddress(client()));
                }
            } else if (response.getStatus() == 401 && request.getProperty(OF_ADDRESS) == null) {
                limits.refused(shownIn(request), client());
            } else if (isRefused(response) && request.getProperty(COUNTED) == null) {
                countLate(request, response, takeOfWhoeverItIs(request));
            }
            if (request.getProperty(STANDING) instanceof Standing standing
                    && (!standing.isWithin() || !ExistingRoutes.contain(request.getUriInfo()))) {
                response.getHeaders()
                        .putSingle("RateLimit-Policy", standing.limit().policy());
                response.getHeaders().putSingle("RateLimit", standing.field());
            }
        }

        /** Without a route, or with a method that it does not have, nobody was asked who they are. */
        private Optional<Standing> takeOfWhoeverItIs(ContainerRequestContext request) {
            Optional<Whose> whose = limits.whose(shownIn(request));
            if (whose.isPresent()) {
                return limits.takeOf(whose.get());
            }
            return open.test(request.getUriInfo())
                    ? limits.takeOfExistingRoutes(client())
                    : limits.takeOfAddress(client());
        }

        private static boolean isRefused(ContainerResponseContext response) {
            return response.getStatus() >= 400 && response.getStatus() < 500;
        }

        private void countLate(
                ContainerRequestContext request, ContainerResponseContext response, Optional<Standing> counted) {
            counted.ifPresent(standing -> {
                request.setProperty(STANDING, standing);
                if (!standing.isWithin()) {
                    Response refusal = refusal(request, standing);
                    response.setStatus(refusal.getStatus());
                    response.getHeaders()
                            .putSingle(HttpHeaders.RETRY_AFTER, refusal.getHeaderString(HttpHeaders.RETRY_AFTER));
                    response.setEntity(refusal.getEntity(), new Annotation[0], refusal.getMediaType());
                }
            });
        }
    }

    /** Probes are not counted, webhooks when they are not signed, open existing paths after access was decided. */
    private boolean isCountedLater(UriInfo uri) {
        return PROBES.contains(withoutSlash(uri.getPath())) || isWebhook(uri.getPath()) || open.test(uri);
    }

    private static boolean isWebhook(String path) {
        return WebhookReceiver.handles("/" + withoutSlash(path));
    }

    private static String withoutSlash(String path) {
        return path.startsWith("/") ? path.substring(1) : path;
    }

    private void isVerified(ContainerRequestContext request, Whose whose) {
        Optional<Shown> credential = shownIn(request);
        if (!limits.areVerified(credential)) {
            limits.verified(credential, whose);
        }
        if (request.getProperty(OF_ADDRESS) != null) {
            request.removeProperty(OF_ADDRESS);
            limits.giveBackToAddress(client());
        }
    }

    private static void counted(ContainerRequestContext request, Optional<Standing> standing) {
        request.setProperty(COUNTED, true);
        standing.ifPresent(known -> {
            request.setProperty(STANDING, known);
            if (!known.isWithin()) {
                request.abortWith(refusal(request, known));
            }
        });
    }

    private static Response refusal(ContainerRequestContext request, Standing standing) {
        UriInfo uri = request.getUriInfo();
        long seconds = standing.seconds();
        String detail = "more requests than the limit of this "
                + standing.limit().name().replace('-', ' ') + ": come back after " + seconds + " s";
        Response.ResponseBuilder answer =
                Response.status(TOO_MANY_REQUESTS).header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        return ExistingRoutes.contain(uri)
                ? answer.type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(Map.of("detail", detail))
                        .build()
                : answer.type(Problem.MEDIA_TYPE)
                        .entity(Problem.of(
                                TOO_MANY_REQUESTS,
                                "too_many_requests",
                                detail,
                                "/" + withoutSlash(uri.getPath(false)),
                                seconds))
                        .build();
    }

    private static Optional<Shown> shownIn(ContainerRequestContext request) {
        if (request.getProperty(SHOWN) instanceof Optional<?> found) {
            return found.map(Shown.class::cast);
        }
        Optional<Shown> shown =
                Shown.of(Credentials.of(SessionPort.API, request.getMethod(), request.getHeaders()::get));
        request.setProperty(SHOWN, shown);
        return shown;
    }

    private static String client() {
        return RequestContext.current().map(RequestContext::client).orElse(RequestContext.NONE);
    }
}
