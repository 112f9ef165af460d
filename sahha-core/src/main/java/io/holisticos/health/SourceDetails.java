package io.holisticos.health;

/** A source's own records of a day, written unchanged under the source's name. Jackson can write every implementation. */
public interface SourceDetails {}
