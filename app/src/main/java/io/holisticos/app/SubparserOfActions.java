package io.holisticos.app;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.BiConsumer;
import net.sourceforge.argparse4j.inf.Subparser;
import net.sourceforge.argparse4j.inf.Subparsers;
import org.jspecify.annotations.Nullable;

/** The parser of a command whose actions a library adds: each of them can get more options, for which the library has no place. */
final class SubparserOfActions {

    private SubparserOfActions() {}

    /** @param more is told the name and the parser of each action that is added */
    static Subparser adding(Subparser command, BiConsumer<String, Subparser> more) {
        return proxy(Subparser.class, (method, arguments) -> {
            Object result = call(command, method, arguments);
            return result instanceof Subparsers actions ? adding(actions, more) : result;
        });
    }

    private static Subparsers adding(Subparsers actions, BiConsumer<String, Subparser> more) {
        return proxy(Subparsers.class, (method, arguments) -> {
            Object result = call(actions, method, arguments);
            if (result instanceof Subparser action && arguments != null) {
                more.accept((String) arguments[0], action);
            }
            return result;
        });
    }

    @FunctionalInterface
    private interface Called {
        @Nullable
        Object with(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static @Nullable Object call(Object on, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, Called called) {
        return type.cast(Proxy.newProxyInstance(
                SubparserOfActions.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> called.with(method, arguments)));
    }
}
