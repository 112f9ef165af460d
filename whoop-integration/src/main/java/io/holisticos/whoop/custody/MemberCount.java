package io.holisticos.whoop.custody;

/**
 * How many members there are.
 *
 * @param connected with a connection that did not end, pending ones included
 * @param pending of them, those whose WHOOP account is not known or not confirmed yet
 */
public record MemberCount(int connected, int pending) {}
