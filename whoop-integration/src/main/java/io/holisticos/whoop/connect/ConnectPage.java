package io.holisticos.whoop.connect;

import io.holisticos.pages.Page;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The page behind a connect link: which account of ours a WHOOP account will belong to, what will be shared, and one button; a
 * second one where there is something to disconnect.
 *
 * @param label how the page names the account of ours
 * @param standing names the texts: {@code new}, {@code connected}, {@code begun} or {@code lapsed}
 */
public record ConnectPage(String label, String action, String token, String standing, List<Shared> shared) {

    /** WHOOP's scopes that the text files have words for. */
    private static final Set<String> IN_WORDS = Set.of(
            "read:recovery", "read:cycles", "read:workout", "read:sleep", "read:profile", "read:body_measurement");

    public ConnectPage {
        shared = List.copyOf(shared);
    }

    /** What is shared by one scope: the name of its texts, or null for a scope without words, which is shown as it is. */
    public record Shared(String scope, @Nullable String words) {
        private static Shared of(String scope) {
            return new Shared(scope, IN_WORDS.contains(scope) ? scope.substring(scope.indexOf(':') + 1) : null);
        }
    }

    /** The form may lead to all https addresses: WHOOP redirects to its log-in, and browsers check each redirect. */
    static Page of(ConnectLinks.LinkPage.Open open, String action, ConnectConfiguration configuration) {
        List<Shared> shared = configuration.scopes.stream()
                .filter(scope -> !scope.equals(ConnectConfiguration.OFFLINE))
                .map(Shared::of)
                .toList();
        String standing = open.standing().name().toLowerCase(Locale.ROOT);
        return Page.of(200, "connect.ftlh", new ConnectPage(open.label(), action, open.token(), standing, shared))
                .withFormsTo("https:", Page.sourceOf(configuration.authorizeUrl));
    }
}
