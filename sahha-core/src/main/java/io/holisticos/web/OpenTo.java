package io.holisticos.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Lets callers without a credential in to a route. A route with neither this nor scopes is closed to everybody. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface OpenTo {

    Whom value();

    /** Who comes in without a credential, and what protects the route instead. */
    enum Whom {
        /** Says nothing about anybody. */
        EVERYBODY,
        /** Section {@code access} of the configuration decides about the existing paths. */
        EXISTING_CALLERS,
        /** The body has to be signed. */
        SENDERS_OF_WEBHOOKS,
        /** The route asks for a credential by itself, whatever its scopes. */
        HOLDERS_OF_ANY_CREDENTIAL,
        /** The address holds a secret that only this member was given, or the browser its cookie. */
        BROWSERS_OF_MEMBERS
    }
}
