package io.holisticos.whoop.custody;

import java.net.URI;
import java.util.List;

/** Our application at WHOOP, as its dashboard shows it, and the addresses of WHOOP's authorization server. */
public record OAuthApplication(
        String clientId, String clientSecret, URI authorizeUrl, URI tokenUrl, URI redirectUri, List<String> scopes) {

    public OAuthApplication {
        scopes = List.copyOf(scopes);
    }

    /** The secret never reaches a log. */
    @Override
    public String toString() {
        return "OAuthApplication[" + clientId + "]";
    }
}
