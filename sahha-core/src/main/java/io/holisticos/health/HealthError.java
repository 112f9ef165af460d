package io.holisticos.health;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The errors of our domain, without HTTP. Messages may be shown to callers and never contain health data. */
public abstract sealed class HealthError extends RuntimeException {

    /** The kind of an error; package {@code web} gives each kind a status. */
    public enum Kind {
        INVALID_REQUEST,
        UNAUTHENTICATED,
        FORBIDDEN,
        MEMBER_NOT_FOUND,
        CONNECTION_NOT_FOUND,
        REAUTHORIZATION_REQUIRED,
        CONFLICT,
        INTEGRATION_DISABLED,
        BAD_SOURCE_REPLY,
        SOURCE_THROTTLED,
        SOURCE_UNAVAILABLE
    }

    private static final String NO_SUCH_USER = "no such user";

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    private HealthError(Kind kind, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    public Kind kind() {
        return kind;
    }

    /** How long to wait before trying again, where that is known. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The caller's mistake. The message names the value and the rule it breaks. */
    public static final class InvalidRequest extends HealthError {

        private final List<String> errors;

        public InvalidRequest(String message) {
            super(Kind.INVALID_REQUEST, message, null, null);
            this.errors = List.of(message);
        }

        public InvalidRequest(String message, Throwable cause) {
            super(Kind.INVALID_REQUEST, message, null, cause);
            this.errors = List.of(message);
        }

        /** @param errors at least one: each names what is wrong and, where there is a choice, what is allowed */
        public InvalidRequest(List<String> errors) {
            super(Kind.INVALID_REQUEST, errors.get(0), null, null);
            this.errors = List.copyOf(errors);
        }

        /** What is wrong: all of it where that was looked for, else the first. */
        public List<String> errors() {
            return errors;
        }
    }

    /** No credential, or an unknown one. */
    public static final class Unauthenticated extends HealthError {
        public Unauthenticated(String message) {
            super(Kind.UNAUTHENTICATED, message, null, null);
        }
    }

    /** A known credential without the required scope. */
    public static final class Forbidden extends HealthError {
        public Forbidden(String message) {
            super(Kind.FORBIDDEN, message, null, null);
        }
    }

    /** No member with this id. */
    public static final class MemberNotFound extends HealthError {
        public MemberNotFound() {
            super(Kind.MEMBER_NOT_FOUND, NO_SUCH_USER, null, null);
        }
    }

    /** A member whom this caller may not see. Callers cannot tell it from {@link MemberNotFound}. */
    public static final class MemberNotVisible extends HealthError {
        public MemberNotVisible() {
            super(Kind.MEMBER_NOT_FOUND, NO_SUCH_USER, null, null);
        }
    }

    /** The member has not connected the source. */
    public static final class ConnectionNotFound extends HealthError {
        public ConnectionNotFound(SourceName source) {
            super(Kind.CONNECTION_NOT_FOUND, source + " is not connected for this user", null, null);
        }
    }

    /** The member has to give consent again. */
    public static final class ReauthorizationRequired extends HealthError {
        public ReauthorizationRequired(SourceName source) {
            super(Kind.REAUTHORIZATION_REQUIRED, source + " needs the member's consent again", null, null);
        }
    }

    /** The request conflicts with the current state. It is neither a mistake of the caller nor a failure. */
    public static final class Conflict extends HealthError {

        private final String code;

        /** @param code names the conflict for programs */
        public Conflict(String code, String message) {
            super(Kind.CONFLICT, message, null, null);
            this.code = code;
        }

        public String code() {
            return code;
        }
    }

    /** Switched off by an operator. */
    public static final class IntegrationDisabled extends HealthError {
        public IntegrationDisabled(SourceName source) {
            super(Kind.INTEGRATION_DISABLED, source + " is switched off", null, null);
        }
    }

    /** The source did not answer in its documented form. Sources have subtypes of their own. */
    public static non-sealed class BadSourceReply extends HealthError {
        public BadSourceReply(SourceName source, String what) {
            super(Kind.BAD_SOURCE_REPLY, source + " answered unexpectedly: " + what, null, null);
        }

        public BadSourceReply(SourceName source, String what, Throwable cause) {
            super(Kind.BAD_SOURCE_REPLY, source + " answered unexpectedly: " + what, null, cause);
        }
    }

    /** Back-pressure: the source's quota, or our own budget for it, is used up for now. */
    public static final class SourceThrottled extends HealthError {
        public SourceThrottled(SourceName source, Duration retryAfter) {
            super(Kind.SOURCE_THROTTLED, "the quota of " + source + " is spent for now", retryAfter, null);
        }
    }

    /** The source, or our store of it, cannot be reached in time. */
    public static final class SourceUnavailable extends HealthError {
        public SourceUnavailable(SourceName source, Duration retryAfter) {
            super(Kind.SOURCE_UNAVAILABLE, source + " is not available", retryAfter, null);
        }

        public SourceUnavailable(SourceName source, Duration retryAfter, Throwable cause) {
            super(Kind.SOURCE_UNAVAILABLE, source + " is not available", retryAfter, cause);
        }

        /** @param command the command that was refused, or whose result did not come in time */
        public SourceUnavailable(SourceName source, Duration retryAfter, String command, Throwable cause) {
            super(Kind.SOURCE_UNAVAILABLE, source + " is not available for " + command, retryAfter, cause);
        }
    }
}
