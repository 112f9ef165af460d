package io.holisticos.health;

/** An exception whose message says what another side answered, and never quotes a row, an address or a member. */
public interface SaidForOperators {}
