package io.holisticos.app.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a package says it may use, held against what it uses. A package says it in the Javadoc of its {@code
 * package-info.java}, in a line {@code <p>May use: {@code health}, {@code whoop.api}.} or {@code <p>May use: nothing of
 * ours.}
 */
final class PackageRules {

    static final String NO_LINE = ": package-info.java has no line <p>May use: … ";

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package\\s+([\\w.]+);");
    private static final Pattern LINE_START = Pattern.compile("(?m)^\\s*\\*\\s?");
    private static final Pattern MAY_USE = Pattern.compile("<p>\\s*May use:\\s*(.*?)\\.(?=\\s|$)", Pattern.DOTALL);
    private static final Pattern NAMES =
            Pattern.compile("\\{@code\\s+([\\w.]+)\\}(?:\\s*(?:,|,?\\s+and)\\s+\\{@code\\s+[\\w.]+\\})*");
    private static final Pattern NAME = Pattern.compile("\\{@code\\s+([\\w.]+)\\}");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?io\\.holisticos\\.([\\w.]+);");

    private PackageRules() {}

    /** What does not fit, a line for each package; empty when words and code agree. */
    static List<String> violations(List<Path> packageInfos, Map<String, Set<String>> used) {
        Map<String, Set<String>> said = new TreeMap<>();
        List<String> violations = new ArrayList<>();
        for (Path file : packageInfos) {
            String text = MainCode.read(file);
            String name = nameOf(text, file);
            Set<String> mayUse = mayUse(text);
            if (mayUse == null) {
                violations.add(name + NO_LINE + "It uses " + inWords(used.get(name)));
                said.put(name, used.getOrDefault(name, Set.of()));
            } else {
                said.put(name, mayUse);
            }
        }
        used.forEach((name, packages) -> {
            if (!said.containsKey(name)) {
                violations.add(name + ": has no package-info.java. It uses " + inWords(packages));
                return;
            }
            Set<String> unsaid = new TreeSet<>(packages);
            unsaid.removeAll(said.get(name));
            if (!unsaid.isEmpty()) {
                violations.add(name + ": uses what its package-info.java does not name: " + inWords(unsaid));
            }
        });
        said.forEach((name, packages) -> {
            Set<String> unused = new TreeSet<>(packages);
            unused.removeAll(used.getOrDefault(name, Set.of()));
            if (!unused.isEmpty()) {
                violations.add(name + ": its package-info.java names what it does not use: " + inWords(unused));
            }
        });
        return violations;
    }

    /** What the Javadoc names, or null when it has no such line. */
    private static @Nullable Set<String> mayUse(String text) {
        Matcher line = MAY_USE.matcher(LINE_START.matcher(text).replaceAll(""));
        if (!line.find()) {
            return null;
        }
        String list = line.group(1).replaceAll("\\s+", " ").strip();
        if (list.equals("nothing of ours")) {
            return Set.of();
        }
        if (!NAMES.matcher(list).matches()) {
            return null;
        }
        Set<String> names = new TreeSet<>();
        Matcher each = NAME.matcher(list);
        while (each.find()) {
            names.add(each.group(1));
        }
        return names;
    }

    private static String nameOf(String text, Path file) {
        Matcher declared = PACKAGE.matcher(text);
        if (!declared.find() || !declared.group(1).startsWith(MainCode.BASE)) {
            throw new IllegalArgumentException(file + " names no package of ours");
        }
        return declared.group(1).substring(MainCode.BASE.length());
    }

    private static String inWords(@Nullable Set<String> packages) {
        return packages == null || packages.isEmpty()
                ? "nothing of ours"
                : String.join(
                        ", ",
                        packages.stream().map(name -> "{@code " + name + "}").toList());
    }

    /** What each package uses of ours, by its classes. */
    static Map<String, Set<String>> usedBy(Iterable<JavaClass> classes) {
        Map<String, Set<String>> used = new TreeMap<>();
        for (JavaClass type : classes) {
            if (type.getSimpleName().equals("package-info")) {
                continue;
            }
            Set<String> packages = used.computeIfAbsent(MainCode.packageOf(type), name -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (target.getPackageName().startsWith(MainCode.BASE)
                        && !target.getPackageName().equals(type.getPackageName())) {
                    packages.add(MainCode.packageOf(target));
                }
            }
        }
        return used;
    }

    /** The same by the imports of sources: for a module that is built after this one, and whose classes are not there. */
    static Map<String, Set<String>> importedBy(List<Path> sources) {
        Map<String, Set<String>> used = new TreeMap<>();
        for (Path file : sources) {
            if (file.endsWith("package-info.java")) {
                continue;
            }
            String text = MainCode.read(file);
            String name = nameOf(text, file);
            Set<String> packages = used.computeIfAbsent(name, any -> new TreeSet<>());
            Matcher imports = IMPORT.matcher(text);
            while (imports.find()) {
                String of = imports.group(1).replaceAll("\\.[A-Z].*", "");
                if (!of.equals(name)) {
                    packages.add(of);
                }
            }
        }
        return used;
    }

    /** Packages that use each other, each circle in one text. */
    static Set<String> circles(Map<String, Set<String>> used) {
        Set<String> circles = new TreeSet<>();
        for (String name : used.keySet()) {
            Set<String> below = reachableFrom(name, used);
            if (below.contains(name)) {
                Set<String> circle = new TreeSet<>(below);
                circle.removeIf(other -> !reachableFrom(other, used).contains(name));
                circles.add(String.join(" <-> ", circle));
            }
        }
        return circles;
    }

    private static Set<String> reachableFrom(String name, Map<String, Set<String>> used) {
        Set<String> reached = new TreeSet<>();
        List<String> next = new ArrayList<>(used.getOrDefault(name, Set.of()));
        while (!next.isEmpty()) {
            String one = next.remove(next.size() - 1);
            if (reached.add(one)) {
                next.addAll(used.getOrDefault(one, Set.of()));
            }
        }
        return reached;
    }
}
