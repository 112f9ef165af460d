package io.holisticos.whoop.data;

/** The member left the WHOOP account that a call read while the call was under way: what it brought is not saved. */
public final class AnotherAccount extends RuntimeException {

    private static final long serialVersionUID = 1;

    AnotherAccount() {
        super("the member has another WHOOP account by now", null, false, false);
    }
}
