package io.holisticos.whoop.connect;

import io.dropwizard.views.common.View;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The page behind a connect link: which account of ours a WHOOP account will belong to, and one button. */
public final class ConnectPage extends View {

    /** WHOOP's scopes in words for members; a scope that is not listed is shown as it is. */
    private static final Map<String, String> IN_WORDS = Map.of(
            "read:recovery", "Recovery: heart rate variability, resting heart rate, blood oxygen, skin temperature",
            "read:cycles", "Day strain, energy and heart rate",
            "read:workout", "Workouts",
            "read:sleep", "Sleep",
            "read:profile", "Your name and e-mail address at WHOOP",
            "read:body_measurement", "Height, weight and maximal heart rate");

    private final String label;
    private final String action;
    private final String token;
    private final List<String> shared;

    private ConnectPage(String label, String action, String token, List<String> shared) {
        super("connect.ftlh", StandardCharsets.UTF_8); // .ftlh: every value is escaped
        this.label = label;
        this.action = action;
        this.token = token;
        this.shared = shared;
    }

    /** The form may lead to all https addresses: WHOOP redirects to its log-in, and browsers check each redirect. */
    static Response.ResponseBuilder of(
            ConnectFlow.LinkPage.Open open, String action, ConnectConfiguration configuration) {
        List<String> shared = configuration.scopes.stream()
                .filter(scope -> !scope.equals(ConnectConfiguration.OFFLINE))
                .map(scope -> IN_WORDS.getOrDefault(scope, scope))
                .toList();
        return Pages.of(
                200,
                new ConnectPage(open.label(), action, open.token(), shared),
                "https: " + Pages.sourceOf(configuration.authorizeUrl));
    }

    public String getLabel() {
        return label;
    }

    public String getAction() {
        return action;
    }

    public String getToken() {
        return token;
    }

    public List<String> getShared() {
        return shared;
    }
}
