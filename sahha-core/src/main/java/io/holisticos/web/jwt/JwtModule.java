package io.holisticos.web.jwt;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.lifecycle.Managed;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import io.holisticos.command.Commands;
import io.holisticos.outbound.Authorization;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Outbound;
import jakarta.ws.rs.client.Client;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Builds what authenticates members. */
public final class JwtModule {

    private JwtModule() {}

    /**
     * Takes the tokens of the configured issuer, whose keys are fetched for as long as the service runs.
     *
     * @param client calls the issuer
     */
    public static MemberTokens build(
            JwtConfiguration configuration,
            Client client,
            Commands commands,
            LifecycleEnvironment lifecycle,
            Clock clock) {
        URI address = configuration.keysAddress().orElseThrow();
        Outbound outbound = Outbound.to(
                IssuerKeys.ISSUER,
                client,
                configuration.outbound(),
                commands,
                Budget.unlimited(),
                Authorization.none());
        IssuerKeys keys =
                new IssuerKeys(new KeyFetch(outbound, address), configuration.keepFor.toJavaDuration(), clock);
        MetricRegistry metrics = commands.metrics();
        metrics.gauge("access.jwt.keys", () -> keys::count);
        lifecycle.manage(refreshing(keys, configuration, lifecycle));
        return new MemberTokens(configuration, keys, clock, metrics);
    }

    private static Managed refreshing(IssuerKeys keys, JwtConfiguration configuration, LifecycleEnvironment lifecycle) {
        ScheduledExecutorService thread =
                lifecycle.scheduledExecutorService("jwt-keys").threads(1).build();
        long every = configuration.refreshEvery.toSeconds();
        return new Managed() {
            @Override
            public void start() {
                thread.scheduleWithFixedDelay(keys::refresh, 0, every, TimeUnit.SECONDS);
            }
        };
    }
}
