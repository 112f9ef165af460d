package io.holisticos.whoop.custody;

/**
 * A token pair that works as far as we know.
 *
 * @param version the number of the pair: the next one has a higher number
 */
public record CurrentTokens(TokenPair pair, long version) {}
