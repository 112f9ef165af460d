package io.holisticos.twins.whoop;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The application as it is registered in WHOOP's dashboard.
 *
 * @param clientSecret also signs webhooks
 * @param redirectUris which redirect URIs are registered; they must match exactly
 * @param scopes what the application may ask for
 * @param webhookUrls the receivers, each of every event
 */
public record WhoopApp(
        String clientId,
        String clientSecret,
        Predicate<String> redirectUris,
        Set<String> scopes,
        List<URI> webhookUrls) {
    /** Copies the collections. */
    public WhoopApp {
        scopes = Set.copyOf(scopes);
        webhookUrls = List.copyOf(webhookUrls);
    }

    /** The sandbox's application: {@code sandbox-client}, all scopes, no webhooks, these redirect URIs. */
    public static WhoopApp sandbox(String... redirectUris) {
        Set<String> registered = Set.of(redirectUris);
        return new WhoopApp("sandbox-client", "sandbox-client-secret", registered::contains, Scopes.KNOWN, List.of());
    }

    /** The same with other credentials. */
    public WhoopApp withCredentials(String id, String secret) {
        return new WhoopApp(id, secret, redirectUris, scopes, webhookUrls);
    }

    /** The same with fewer or more scopes; a scope taken away fails the next refresh of grants that have it. */
    public WhoopApp withScopes(Set<String> allowed) {
        return new WhoopApp(clientId, clientSecret, redirectUris, allowed, webhookUrls);
    }

    /** The same with other webhook URLs. */
    public WhoopApp withWebhookUrls(List<URI> urls) {
        return new WhoopApp(clientId, clientSecret, redirectUris, scopes, urls);
    }

    @Override
    public String toString() {
        return "WhoopApp[" + clientId + "]";
    }
}
