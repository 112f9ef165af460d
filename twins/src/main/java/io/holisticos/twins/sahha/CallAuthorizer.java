package io.holisticos.twins.sahha;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.Reply;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Decides who a call is from and which profile it may read, and makes every refusal. */
final class CallAuthorizer {
    private final Tokens tokens;
    private final Profiles profiles;
    private final Quirks quirks;
    private final Clock clock;

    CallAuthorizer(Tokens tokens, Profiles profiles, Quirks quirks, Clock clock) {
        this.tokens = tokens;
        this.profiles = profiles;
        this.quirks = quirks;
        this.clock = clock;
    }

    /** The holder of the call's token, or the reply that refuses the call. */
    private sealed interface Authorization {
        record Granted(Tokens.Holder holder) implements Authorization {}

        record Refused(Reply reply) implements Authorization {}
    }

    /** Answers a call of the account. */
    Reply forAccount(Call call, Function<Instant, Reply> answer) {
        Authorization access = access(call, bearerReadsSearch(call));
        if (access instanceof Authorization.Granted granted) {
            return granted.holder() instanceof Tokens.Holder.Account ? answer.apply(clock.instant()) : unauthorized();
        }
        return access instanceof Authorization.Refused refused ? refused.reply() : unauthorized();
    }

    private static boolean bearerReadsSearch(Call call) {
        return call.path().startsWith("/api/v1/account/");
    }

    /** Answers a call about the profile in the path, which only the account may make. */
    Reply forNamedProfile(Call call, BiFunction<Profile, Instant, Reply> answer) {
        return forAccount(call, now -> {
            String id = call.pathParameter("externalId");
            return profiles.find(id).map(profile -> answer.apply(profile, now)).orElseGet(() -> unknown(id));
        });
    }

    /** Answers a call about the profile whose token the call has. */
    Reply forOwnProfile(Call call, BiFunction<Profile, Instant, Reply> answer) {
        Authorization access = access(call, false);
        if (access instanceof Authorization.Granted granted && granted.holder() instanceof Tokens.Holder.Profile own) {
            return profiles.find(own.externalId())
                    .map(profile -> answer.apply(profile, clock.instant()))
                    .orElseGet(() -> unknown(own.externalId()));
        }
        return access instanceof Authorization.Refused refused ? refused.reply() : unauthorized();
    }

    private Authorization access(Call call, boolean bearerAllowed) {
        String header = call.header("Authorization").orElse("").strip();
        int space = header.indexOf(' ');
        String scheme = space < 0 ? "" : header.substring(0, space).toLowerCase(Locale.ROOT);
        String token = space < 0 ? "" : header.substring(space + 1).strip();
        Optional<Tokens.Holder> holder = switch (scheme) {
            case "account" -> tokens.account(token);
            case "profile" -> tokens.profile(token);
            case "bearer" -> bearer(token, bearerAllowed);
            default -> Optional.empty();
        };
        if (scheme.equals("bearer") && holder.isEmpty() && quirks.on(SahhaQuirk.BEARER_IS_500)) {
            return new Authorization.Refused(
                    Reply.json(500, error("An internal exception has occurred.", 500, "domain")));
        }
        if (holder.isPresent() && quirks.on(SahhaQuirk.GONE)) {
            return new Authorization.Refused(gone());
        }
        return holder.<Authorization>map(Authorization.Granted::new)
                .orElseGet(() -> new Authorization.Refused(unauthorized()));
    }

    private Optional<Tokens.Holder> bearer(String token, boolean bearerAllowed) {
        boolean accepted =
                quirks.on(SahhaQuirk.BEARER_ACCEPTED) || (bearerAllowed && quirks.on(SahhaQuirk.BEARER_IS_500));
        return accepted ? tokens.account(token).or(() -> tokens.profile(token)) : Optional.empty();
    }

    Reply unauthorized() {
        return quirks.on(SahhaQuirk.UNAUTHORIZED_WITH_BODY)
                ? Reply.json(401, error("Unauthorized", 401, "authentication"))
                : Reply.empty(401);
    }

    private Reply unknown(String externalId) {
        if (profiles.wasDeleted(externalId) && quirks.on(SahhaQuirk.DELETED_PROFILE_410)) {
            return gone();
        }
        return Reply.json(404, error("Profile not found.", 404, "domain"));
    }

    private static Reply gone() {
        return Reply.json(410, error("The account has been removed.", 410, "domain"));
    }

    /** 400 for one invalid input. */
    Reply invalid(String origin, String message) {
        if (quirks.on(SahhaQuirk.PLAIN_TEXT_400)) {
            return Reply.text(400, "text/plain", "Bad Request");
        }
        var error = error("One or more validation errors occurred.", 400, "request");
        error.withArray("errors")
                .addObject()
                .put("origin", origin)
                .putArray("errors")
                .add(message);
        return Reply.json(400, error);
    }

    Reply invalidRefreshToken() {
        if (quirks.on(SahhaQuirk.REFRESH_FAILURE_401)) {
            return unauthorized();
        }
        return Reply.json(400, error("Invalid refresh token.", 400, "domain"));
    }

    static ObjectNode error(String title, int status, String location) {
        var node = JsonNodeFactory.instance
                .objectNode()
                .put("title", title)
                .put("statusCode", status)
                .put("location", location);
        node.putArray("errors");
        return node;
    }

    /** The answer for a known profile without rows: by default 204 without data, [] when a filter excluded all. */
    Reply nothing(boolean filtered) {
        if (quirks.on(SahhaQuirk.EMPTY_200)) {
            return Reply.empty(200);
        }
        if (quirks.on(SahhaQuirk.EMPTY_204)) {
            return Reply.empty(204);
        }
        return filtered || quirks.on(SahhaQuirk.EMPTY_LIST)
                ? Reply.json(200, JsonNodeFactory.instance.arrayNode())
                : Reply.empty(204);
    }
}
