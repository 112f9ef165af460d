package io.holisticos.whoop.custody;

import java.util.Set;

/**
 * What a consent brought.
 *
 * @param answerHash hash of the secret by which the page at the end of this consent answers for it
 * @param replaceAccount whether the member said beforehand that it may be another WHOOP account than before
 */
public record ConsentedTokens(TokenPair pair, Set<String> scopes, byte[] answerHash, boolean replaceAccount) {

    public ConsentedTokens {
        scopes = Set.copyOf(scopes);
    }

    @Override
    public String toString() {
        return "ConsentedTokens" + scopes;
    }
}
