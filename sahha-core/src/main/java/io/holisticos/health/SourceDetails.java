package io.holisticos.health;

/** A source's own records of a day, written as they are under the source's name. Implementations are Jackson-writable. */
public interface SourceDetails {}
