package io.holisticos.web.jwt;

import com.nimbusds.jwt.proc.BadJWTException;
import java.util.Locale;

/** Why a token is not taken: for operators, never for whoever sent it. */
enum Refusal {
    /** No JWT, or not a signed one, or too long. */
    MALFORMED,
    /** Its header names a type, an algorithm or a key that is not taken. */
    HEADER,
    /** Not signed by the key that it names. */
    SIGNATURE,
    ISSUER,
    AUDIENCE,
    EXPIRED,
    NOT_YET_VALID,
    /** It does not say that its member signed in as strongly as is required. */
    STRENGTH,
    /** The claim with the member's id is absent, or holds no id. */
    MEMBER;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A token that this refusal is about. */
    Refused refused() {
        return new Refused(this);
    }

    /** Thrown by what examines a token. */
    static final class Refused extends BadJWTException {

        private final Refusal why;

        private Refused(Refusal why) {
            super(why.word());
            this.why = why;
        }

        Refusal why() {
            return why;
        }
    }
}
