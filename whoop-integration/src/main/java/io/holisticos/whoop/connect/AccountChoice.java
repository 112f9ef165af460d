package io.holisticos.whoop.connect;

import java.util.Locale;
import java.util.Optional;

/** A member's choice on the page at the end of a consent. */
enum AccountChoice {
    /** The page is right. */
    KEEP,
    /** The new WHOOP account replaces the one before. */
    REPLACE,
    /** This WHOOP account is not the member's. */
    DISOWN;

    static Optional<AccountChoice> of(String value) {
        for (AccountChoice choice : values()) {
            if (choice.formValue().equals(value)) {
                return Optional.of(choice);
            }
        }
        return Optional.empty();
    }

    /** The value in the page's form. */
    String formValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
