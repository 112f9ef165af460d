package io.holisticos.whoop.custody;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Call;
import java.util.Locale;
import java.util.Map;

/** Gives each call the access token of its member. Calls without a member, or with a credential of their own, get none. */
public final class ConnectionAuthorization implements Authorization {

    private static final String HEADER = "Authorization";
    private static final String BEARER = "Bearer ";

    private final Connections connections;

    /** Calls whose token was replaced already, by identity: a second 401 is not cured by another token. */
    private final Cache<Call, Boolean> renewed =
            Caffeine.newBuilder().weakKeys().build();

    public ConnectionAuthorization(Connections connections) {
        this.connections = connections;
    }

    @Override
    public Map<String, String> headers(Call call, Deadline deadline) {
        UserId who = call.who();
        if (who == null || hasOwn(call)) {
            return Map.of();
        }
        return Map.of(HEADER, BEARER + connections.current(who, deadline).pair().accessToken());
    }

    @Override
    public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
        UserId who = call.who();
        String header = refused.get(HEADER);
        if (who == null || header == null || renewed.asMap().putIfAbsent(call, true) != null) {
            return false;
        }
        connections.replace(who, header.substring(BEARER.length()), deadline);
        return true;
    }

    private static boolean hasOwn(Call call) {
        return call.headers().keySet().stream()
                .anyMatch(name -> name.toLowerCase(Locale.ROOT).equals("authorization"));
    }
}
