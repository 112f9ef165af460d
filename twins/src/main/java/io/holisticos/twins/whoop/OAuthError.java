package io.holisticos.twins.whoop;

import java.util.LinkedHashMap;
import java.util.Map;

/** The errors of the OAuth server family that WHOOP's seems to belong to, word for word (fact sheet of 2026-10). */
record OAuthError(int status, String error, String description, String hint) {
    static final OAuthError INVALID_REQUEST = new OAuthError(
            400,
            "invalid_request",
            "The request is missing a required parameter, includes an invalid parameter value, includes a parameter"
                    + " more than once, or is otherwise malformed",
            "Make sure that the various parameters are correct, be aware of case sensitivity and trim your parameters."
                    + " Make sure that the client you are using has exactly whitelisted the redirect_uri you"
                    + " specified.");
    static final OAuthError INVALID_GRANT = new OAuthError(
            400,
            "invalid_grant",
            "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token"
                    + " is invalid, expired, revoked, does not match the redirection URI used in the authorization"
                    + " request, or was issued to another client",
            "");
    static final OAuthError INVALID_CLIENT = new OAuthError(
            401,
            "invalid_client",
            "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported"
                    + " authentication method)",
            "");
    static final OAuthError INVALID_SCOPE =
            new OAuthError(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed", "");
    static final OAuthError INVALID_STATE = new OAuthError(
            400,
            "invalid_state",
            "The state is missing or has less than 8 characters and is therefore considered too weak",
            "");
    static final OAuthError UNSUPPORTED_GRANT_TYPE = new OAuthError(
            400,
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server",
            "");
    static final OAuthError UNSUPPORTED_RESPONSE_TYPE = new OAuthError(
            400,
            "unsupported_response_type",
            "The authorization server does not support obtaining a token using this method",
            "");
    static final OAuthError ACCESS_DENIED = new OAuthError(
            403,
            "access_denied",
            "The resource owner or authorization server denied the request",
            "Make sure that the request you are making is valid. Maybe the credential or request parameters you are"
                    + " using are limited in scope or otherwise restricted.");
    static final OAuthError SERVER_ERROR = new OAuthError(
            500,
            "server_error",
            "The authorization server encountered an unexpected condition that prevented it from fulfilling the"
                    + " request",
            "");
    static final String POST_NOT_BASIC =
            "The OAuth 2.0 Client supports client authentication method \"client_secret_post\", but method"
                    + " \"client_secret_basic\" was requested. You must configure the OAuth 2.0 client's"
                    + " \"token_endpoint_auth_method\" value to accept \"client_secret_basic\".";
    static final String OTHER_REDIRECT =
            "The \"redirect_uri\" from this request does not match the one from the authorize request.";

    static final String OTHER_VERIFIER = "The PKCE code challenge did not match the code verifier.";
    static final String NOT_S256 = "Clients must use code_challenge_method=S256, plain is not allowed.";

    OAuthError withHint(String other) {
        return new OAuthError(status, error, description, other);
    }

    /** Keys in the real server's order; {@code full} adds hint and status. */
    Map<String, Object> toJson(boolean full) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("error", error);
        json.put("error_description", description);
        if (full && !hint.isEmpty()) {
            json.put("error_hint", hint);
        }
        if (full) {
            json.put("status_code", status);
        }
        return json;
    }
}
