package io.holisticos.health;

/** An exception whose message is meant for operators: it never quotes a row, an address or a member. */
public interface MessageForOperators {}
