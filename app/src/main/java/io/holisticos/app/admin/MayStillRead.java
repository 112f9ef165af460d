package io.holisticos.app.admin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.BooleanSupplier;

/** Whether whoever began a request that lasts may still read: a key can be revoked, and a session can end, meanwhile. */
public final class MayStillRead {

    private static final String NAME = MayStillRead.class.getName();

    private MayStillRead() {}

    /** To be asked again while the request lasts; may wait for a database. Yes where reading needs no credential. */
    public static BooleanSupplier of(HttpServletRequest request) {
        return request.getAttribute(NAME) instanceof BooleanSupplier asked ? asked : () -> true;
    }

    static void note(HttpServletRequest request, BooleanSupplier asked) {
        request.setAttribute(NAME, asked);
    }
}
