package io.holisticos.twins.http;

/** Answers one kind of call. An {@link IllegalArgumentException} on a control route becomes a 400 with its message. */
@FunctionalInterface
public interface Route {
    /** The answer; may block. */
    Reply answer(Call call);
}
