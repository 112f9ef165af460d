package io.holisticos.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method whose body names members. It takes the {@link Caller}, and answers for members whom the caller may not see as for
 * people whom nobody knows.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface MembersInBody {}
