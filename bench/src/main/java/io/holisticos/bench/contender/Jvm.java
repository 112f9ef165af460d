package io.holisticos.bench.contender;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The same Java with the same options, such as of the heap, for every service that is compared. */
public record Jvm(Path home, List<String> options) {

    /** With a heap that does not change its size. */
    public static Jvm withHeap(Path home, String heap) {
        return new Jvm(home, List.of("-Xms" + heap, "-Xmx" + heap));
    }

    List<String> command(Path jar, String... arguments) {
        List<String> command = java("-jar", jar.toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** With what the options do not say: a class path or a jar, a main class, its arguments. */
    List<String> java(String... more) {
        List<String> command = new ArrayList<>(List.of(tool("java")));
        command.addAll(options);
        command.addAll(List.of(more));
        return command;
    }

    /** A tool of the JDK. */
    String tool(String name) {
        return home.resolve("bin").resolve(name).toString();
    }
}
