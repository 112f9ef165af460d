package io.holisticos.web;

import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls us: a service, known by its key, or a member.
 *
 * @param name the name of the key, or {@link #MEMBER}; for people and logs, not a secret
 * @param self the only member whose things this caller may see; null for a service, which may see everybody's
 * @param key the public identifier of the key, which no other key has; empty for a member
 */
public record Caller(
        String name, Set<String> scopes, @Nullable UserId self, String key) implements Principal {

    /** The name of every caller who is a member. */
    public static final String MEMBER = "(member)";

    /**
     * The attribute of a request on the admin port that says whose credential it shows, an {@code Optional}. It is absent
     * where that was not looked up.
     */
    public static final String FOUND = "io.holisticos.web.Caller.found";

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    /** A service. Two keys may have one name, while one of them takes the place of the other. */
    static Caller ofKey(String publicId, String name, Set<String> scopes) {
        return new Caller(name, scopes, null, publicId);
    }

    /** A member, who may do this with their own things. */
    public static Caller ofMember(UserId who, Set<String> scopes) {
        return new Caller(MEMBER, scopes, who, "");
    }

    @Override
    public String getName() {
        return name;
    }

    /** The member that this caller is; empty for a service. */
    public Optional<UserId> member() {
        return Optional.ofNullable(self);
    }

    /** The same caller, who may do this only. */
    Caller with(Set<String> others) {
        return new Caller(name, others, self, key);
    }

    /** Tells this caller from all others: by the key for a service. It must not reach a log. */
    public String id() {
        return self == null ? key : self.value();
    }

    /** Names this caller in the log line of the current request, and in what is counted of it. */
    public void nameInRequest() {
        RequestContext.current().ifPresent(request -> request.caller(name, id()));
    }

    public boolean may(String scope) {
        return scopes.contains(scope);
    }

    /** Whether the things of this member are this caller's to see. */
    public boolean maySee(UserId who) {
        return self == null || self.equals(who);
    }

    /** Whether this id, as a request names it, is that of this member. */
    boolean isCalled(String id) {
        return self != null && self.value().equals(id);
    }

    /** Without the member, whose id must not reach a log. */
    @Override
    public String toString() {
        return "Caller[" + name + "]";
    }
}
