package io.holisticos.whoop.connect;

/** Why a consent did not lead to a connection, in words for members. */
enum Refusal {
    UNKNOWN_STATE(400, "unknown_state", "This link is not valid", "Please start again from your app."),
    EXPIRED(410, "expired", "This link has expired", "It works for ten minutes. Please start again from your app."),
    ALREADY_USED(410, "already_used", "This link was used already", "Please start again from your app if you need to."),
    OTHER_BROWSER(
            400,
            "other_browser",
            "This was started in another browser",
            "For your safety, WHOOP is only connected in the browser that began it. Please start again from your"
                    + " app."),
    OTHER_PAGE(
            403,
            "other_page",
            "That did not come from our page",
            "For your safety, WHOOP is only connected by the button on our own page. Please open the link again."),
    NOT_SIGNED_IN(
            403,
            "session_required",
            "Please sign in first",
            "For your safety, WHOOP is only connected in the browser in which you are signed in. Please sign in there, then"
                    + " open the link again."),
    OTHER_MEMBER(
            403,
            "other_member",
            "This link is for somebody else",
            "You are signed in with another account than the one that this link is for. Please start again from your own"
                    + " app."),
    ANSWERED_ALREADY(410, "answered_already", "This page is out of date", "Please look in your app how things stand."),
    TO_BE_CONFIRMED(
            409,
            "account_replacement_required",
            "This is another WHOOP account than before",
            "Nothing is read from it until you confirm it. Connect again from your app, and say on the last page that this"
                    + " account is to be used from now on."),
    PRESSED_TOO_OFTEN(
            429,
            "pressed_too_often",
            "This link was tried too often",
            "Please start again from your app: it gives you a new link."),
    RETURNED_TOO_OFTEN(
            429,
            "returned_too_often",
            "WHOOP was connected for you many times just now",
            "Please try again in an hour."),
    UNDER_WAY(
            409,
            "under_way",
            "Another page is connecting your WHOOP just now",
            "Please wait for that page, then look in your app how things stand."),
    MEMBER_LIMIT(
            409,
            "member_limit_reached",
            "No more members can connect WHOOP for now",
            "WHOOP allows this app a number of members, and as many are connected. Please try again another day."),
    DECLINED(400, "access_denied", "WHOOP was not connected", "You declined. You can start again at any time."),
    NOT_ALLOWED(
            403,
            "request_forbidden",
            "WHOOP does not let this account connect",
            "WHOOP refused this app for your account, perhaps because the app may not take more members for now."),
    NOT_CONFIGURED(
            503,
            "configuration",
            "WHOOP cannot be connected for now",
            "This is a fault of ours, not yours. Please try again later."),
    CODE_REFUSED(400, "code_refused", "WHOOP did not confirm your consent", "Please start again from your app."),
    NARROWED(
            400,
            "scope_narrowed",
            "WHOOP was not connected",
            "Some of the permissions were left out. All of them are needed; please start again and allow them all."),
    ACCOUNT_OF_ANOTHER_USER(
            409,
            "account_in_use",
            "This WHOOP account is connected already",
            "Another user has connected this WHOOP account. It has to be disconnected there first."),
    USER_HAS_ANOTHER_ACCOUNT(
            409,
            "other_account_connected",
            "Another WHOOP account is connected already",
            "Please disconnect it first, then start again from your app."),
    SWITCHED_OFF(503, "disabled", "WHOOP is switched off for now", "Please try again later."),
    LATER(503, "temporarily_unavailable", "WHOOP does not answer for now", "Please try again in a few minutes."),
    OTHER(400, "failed", "WHOOP was not connected", "Please start again from your app.");

    private final int status;
    private final String code;
    private final String title;
    private final String text;

    Refusal(int status, String code, String title, String text) {
        this.status = status;
        this.code = code;
        this.title = title;
        this.text = text;
    }

    int status() {
        return status;
    }

    /** The code for programs: the {@code error} of a redirect. */
    String code() {
        return code;
    }

    String title() {
        return title;
    }

    String text() {
        return text;
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
