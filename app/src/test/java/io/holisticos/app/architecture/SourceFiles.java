package io.holisticos.app.architecture;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Rules about files as they are read: how long they are, and what they name. */
final class SourceFiles {

    static final int MAX_LINES = 400;

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|(?m)^\\s*//[^\\n]*", Pattern.DOTALL);
    private static final Pattern IMPORT = Pattern.compile("(?m)^(import|package) [^\\n]*;");

    private SourceFiles() {}

    /** Names of the files that nobody reads to the end. */
    static Set<String> tooLong(List<Path> files) {
        return files.stream()
                .filter(file -> MainCode.read(file).lines().count() > MAX_LINES)
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Names of the files whose code names a word, in whatever case. Comments and imports may. */
    static Set<String> naming(String word, List<Path> files) {
        String small = word.toLowerCase(Locale.ROOT);
        return files.stream()
                .filter(file -> codeOf(file).toLowerCase(Locale.ROOT).contains(small))
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String codeOf(Path file) {
        String withoutComments = COMMENT.matcher(MainCode.read(file)).replaceAll(" ");
        return IMPORT.matcher(withoutComments).replaceAll(" ");
    }
}
