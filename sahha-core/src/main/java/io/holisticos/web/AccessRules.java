package io.holisticos.web;

import io.dropwizard.auth.Authenticator;
import io.dropwizard.auth.Authorizer;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.MemberNotVisible;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.HealthError.Unauthenticated;
import io.holisticos.health.UserId;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.jspecify.annotations.Nullable;

/**
 * The only place that decides who calls and who may do what, on both ports. It decides before body, parameters and existence
 * are examined. Thread-safe.
 */
public final class AccessRules implements Authenticator<Credentials, Caller>, Authorizer<Caller> {

    private static final String FOR_SERVICES = "this is for services: a member may ask for what names the member";

    private final ApiKeys keys;
    private final Function<String, Optional<Caller>> members;
    private final Function<Credentials.Session, Optional<Caller>> sessions;
    private final GlancedTokens glancedTokens;
    private final GlancedTokens glancedSessions;

    /** Lets in services only. */
    public AccessRules(ApiKeys keys) {
        this(keys, token -> Optional.empty(), session -> Optional.empty());
    }

    /**
     * Lets in services, members and browsers.
     *
     * @param members whose token a text is; empty when it is nobody's
     * @param sessions whose session of a browser it is; empty when it is nobody's
     */
    public AccessRules(
            ApiKeys keys,
            Function<String, Optional<Caller>> members,
            Function<Credentials.Session, Optional<Caller>> sessions) {
        this.keys = keys;
        this.members = members;
        this.sessions = sessions;
        this.glancedTokens = new GlancedTokens(members);
        this.glancedSessions =
                new GlancedTokens(text -> sessions.apply(Credentials.Session.reading(SessionPort.API, text)));
    }

    /**
     * Whose credential this is; empty when it is nobody's.
     *
     * @throws SourceUnavailable when that cannot be found out now
     */
    @Override
    public Optional<Caller> authenticate(Credentials shown) {
        if (shown instanceof Credentials.Key key) {
            return keys.authenticate(key.text());
        }
        if (shown instanceof Credentials.Token token) {
            return members.apply(token.text());
        }
        return shown instanceof Credentials.Session session ? sessions.apply(session) : Optional.empty();
    }

    /**
     * The member who is signed in in the browser that sends a request, whatever else the request shows; empty when no member
     * is.
     *
     * @param headers returns all values of a header by its name, null or none when it is absent
     * @throws SourceUnavailable when that cannot be found out now
     */
    public Optional<UserId> signedIn(Function<String, @Nullable List<String>> headers) {
        return inBrowser(headers).flatMap(Caller::member);
    }

    /**
     * Whether the browser that sends a request has a session, a member's or a service's.
     *
     * @param headers returns all values of a header by its name, null or none when it is absent
     * @throws SourceUnavailable when that cannot be found out now
     */
    public boolean isSignedIn(Function<String, @Nullable List<String>> headers) {
        return inBrowser(headers).isPresent();
    }

    private Optional<Caller> inBrowser(Function<String, @Nullable List<String>> headers) {
        return authenticate(Credentials.inCookie(SessionPort.API, "GET", headers));
    }

    @Override
    public boolean authorize(Caller caller, String scope, @Nullable ContainerRequestContext request) {
        if (caller.member().isPresent()) {
            requireOwn(
                    caller,
                    Objects.requireNonNull(request, "a member's request").getUriInfo());
        }
        requireOneOf(caller, List.of(scope));
        return true;
    }

    /**
     * Who shows this, if they may read with this scope of whom an existing path names.
     *
     * @throws Unauthenticated when nobody is known by what is shown
     * @throws Forbidden when the caller does not have the scope
     * @throws MemberNotVisible when the caller is another member than those named
     * @throws SourceUnavailable when that cannot be found out now
     */
    public Caller require(Credentials shown, String scope, UriInfo uri) {
        Caller caller = known(shown);
        if (caller.member().isPresent()) {
            requireOwn(caller, uri);
        }
        requireOneOf(caller, List.of(scope));
        return caller;
    }

    /**
     * Which service shows this, if it may do what one of the scopes allows.
     *
     * @throws Unauthenticated when nobody is known by what is shown
     * @throws Forbidden when the caller has none of the scopes, or is a member
     * @throws SourceUnavailable when that cannot be found out now
     */
    public Caller require(Credentials shown, String... anyOf) {
        Caller caller = known(shown);
        requireOneOf(caller, List.of(anyOf));
        if (caller.member().isPresent()) {
            throw new Forbidden(FOR_SERVICES);
        }
        return caller;
    }

    /**
     * Who shows this.
     *
     * @throws Unauthenticated when nobody is known by it
     * @throws SourceUnavailable when that cannot be found out now
     */
    public Caller known(Credentials shown) {
        return authenticate(shown).orElseThrow(() -> new Unauthenticated(shown.refusal()));
    }

    /** What {@link #require} would say to a request. */
    public enum Standing {
        LET_IN,
        WITHOUT_CREDENTIAL,
        UNKNOWN_CREDENTIAL,
        MISSING_SCOPE,
        ANOTHER_MEMBER;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What {@link #require} would say, without waiting for anything. Empty while that is not known: a credential that was not
     * seen lately is looked up later, at most once in a while.
     *
     * @param later runs the lookups; may drop some
     */
    public Optional<Standing> wouldSay(Credentials shown, String scope, UriInfo uri, Executor later) {
        if (shown instanceof Credentials.None) {
            return Optional.of(Standing.WITHOUT_CREDENTIAL);
        }
        ApiKeys.Glance seen = glance(shown, later);
        if (seen.caller() != null) {
            return Optional.of(standing(seen.caller(), scope, uri));
        }
        return seen.isUnknown() ? Optional.of(Standing.UNKNOWN_CREDENTIAL) : Optional.empty();
    }

    private ApiKeys.Glance glance(Credentials shown, Executor later) {
        if (shown instanceof Credentials.Key key) {
            return keys.glance(key.text(), later);
        }
        if (shown instanceof Credentials.Session session) {
            return glancedSessions.glance(session.text(), later);
        }
        return shown instanceof Credentials.Token token
                ? glancedTokens.glance(token.text(), later)
                : ApiKeys.Glance.UNKNOWN;
    }

    private static Standing standing(Caller caller, String scope, UriInfo uri) {
        if (caller.member().isPresent() && !named(uri).allMatch(caller::isCalled)) {
            return Standing.ANOTHER_MEMBER;
        }
        return caller.may(scope) ? Standing.LET_IN : Standing.MISSING_SCOPE;
    }

    /** Another member's id is answered as nobody's is, whatever it looks like. */
    private static void requireOwn(Caller member, UriInfo uri) {
        if (!named(uri).allMatch(member::isCalled)) {
            throw new MemberNotVisible();
        }
        if (named(uri).findAny().isEmpty() && !leavesOutOthers(uri)) {
            throw new Forbidden(FOR_SERVICES);
        }
    }

    /** The ids of members that a request names, wherever its route reads them: one in the path counts on every route. */
    private static Stream<String> named(UriInfo uri) {
        Stream<String> inPath = values(uri.getPathParameters(), "user_id");
        return ExistingRoutes.holdHealthData(uri)
                ? Stream.concat(
                        inPath,
                        Stream.of("profile_id", "user_id").flatMap(name -> values(uri.getQueryParameters(), name)))
                : inPath;
    }

    private static Stream<String> values(MultivaluedMap<String, String> parameters, String name) {
        List<String> values = parameters.get(name);
        return values == null ? Stream.of() : values.stream();
    }

    private static boolean leavesOutOthers(UriInfo uri) {
        ResourceMethod route = uri instanceof ExtendedUriInfo matched ? matched.getMatchedResourceMethod() : null;
        return route != null && route.getInvocable().getHandlingMethod().isAnnotationPresent(MembersInBody.class);
    }

    private static void requireOneOf(Caller caller, List<String> scopes) {
        if (scopes.stream().noneMatch(caller::may)) {
            throw new Forbidden("this needs a credential with scope " + String.join(" or ", scopes));
        }
    }
}
