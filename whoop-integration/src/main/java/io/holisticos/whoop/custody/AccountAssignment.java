package io.holisticos.whoop.custody;

/** What came of giving a consent its WHOOP account. */
public sealed interface AccountAssignment {

    /** @param isNew whether the member never had this WHOOP account before */
    record Connected(long whoopUserId, boolean isNew) implements AccountAssignment {}

    /** It is another account than before, and the member has to confirm it first. */
    record ToBeConfirmed() implements AccountAssignment {}

    /** The WHOOP account belongs to another user of ours. */
    record AccountOfAnotherUser() implements AccountAssignment {}

    /** This user is connected with another WHOOP account. */
    record UserHasAnotherAccount() implements AccountAssignment {}

    /** The consent is no longer there. */
    record Gone() implements AccountAssignment {}
}
