package io.holisticos.whoop.connect;

import io.holisticos.whoop.connect.Consents.ConsentLookup;
import java.util.Locale;

/** Why a consent did not lead to a connection. What members read of it stands in the text files, by its {@link #word}. */
enum Refusal {
    UNKNOWN_STATE(400, "unknown_state"),
    EXPIRED(410, "expired"),
    ALREADY_USED(410, "already_used"),
    OTHER_BROWSER(400, "other_browser"),
    OTHER_PAGE(403, "other_page"),
    NOT_SIGNED_IN(403, "session_required"),
    OTHER_MEMBER(403, "other_member"),
    ANSWERED_ALREADY(410, "answered_already"),
    TO_BE_CONFIRMED(409, "account_replacement_required"),
    PRESSED_TOO_OFTEN(429, "pressed_too_often"),
    RETURNED_TOO_OFTEN(429, "returned_too_often"),
    UNDER_WAY(409, "under_way"),
    MEMBER_LIMIT(409, "member_limit_reached"),
    DECLINED(400, "access_denied"),
    NOT_ALLOWED(403, "request_forbidden"),
    NOT_CONFIGURED(503, "configuration"),
    CODE_REFUSED(400, "code_refused"),
    NARROWED(400, "scope_narrowed"),
    ACCOUNT_OF_ANOTHER_USER(409, "account_in_use"),
    USER_HAS_ANOTHER_ACCOUNT(409, "other_account_connected"),
    SWITCHED_OFF(503, "disabled"),
    /** The quota is spent for longer than a member would wait. */
    BUSY(503, "temporarily_unavailable"),
    LATER(503, "temporarily_unavailable"),
    OTHER(400, "failed");

    private final int status;
    private final String code;

    Refusal(int status, String code) {
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    /** The code for programs: the {@code error} of a redirect. */
    String code() {
        return code;
    }

    /** Names its texts. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the same link may help while it works: it does so for some minutes. */
    boolean mayTryAgain() {
        return switch (this) {
            case OTHER_PAGE, NOT_SIGNED_IN, OTHER_MEMBER, NOT_CONFIGURED, SWITCHED_OFF, LATER -> true;
            case UNKNOWN_STATE,
                    EXPIRED,
                    ALREADY_USED,
                    OTHER_BROWSER,
                    ANSWERED_ALREADY,
                    TO_BE_CONFIRMED,
                    PRESSED_TOO_OFTEN,
                    RETURNED_TOO_OFTEN,
                    UNDER_WAY,
                    MEMBER_LIMIT,
                    BUSY,
                    DECLINED,
                    NOT_ALLOWED,
                    CODE_REFUSED,
                    NARROWED,
                    ACCOUNT_OF_ANOTHER_USER,
                    USER_HAS_ANOTHER_ACCOUNT,
                    OTHER -> false;
        };
    }

    /** Why a link or a state is not accepted. */
    static Refusal of(ConsentLookup found) {
        if (found instanceof ConsentLookup.Expired) {
            return EXPIRED;
        }
        if (found instanceof ConsentLookup.Used) {
            return ALREADY_USED;
        }
        if (found instanceof ConsentLookup.TooManyReturns) {
            return RETURNED_TOO_OFTEN;
        }
        return found instanceof ConsentLookup.OfAnother ? OTHER_BROWSER : UNKNOWN_STATE;
    }

    /** The refusal that WHOOP's {@code error} in a redirect means. */
    static Refusal ofRedirect(String error) {
        return switch (error) {
            case "access_denied" -> DECLINED;
            case "request_forbidden" -> NOT_ALLOWED;
            case "invalid_scope", "invalid_client", "unauthorized_client", "invalid_state" -> NOT_CONFIGURED;
            case "server_error", "temporarily_unavailable" -> LATER;
            default -> OTHER;
        };
    }
}
