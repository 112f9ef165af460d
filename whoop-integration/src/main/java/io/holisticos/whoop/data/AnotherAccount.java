package io.holisticos.whoop.data;

/** While a call was in the air its member left the account that it read: what it brought is not kept. */
public final class AnotherAccount extends RuntimeException {

    private static final long serialVersionUID = 1;

    public AnotherAccount() {
        super("the member has another WHOOP account by now", null, false, false);
    }
}
