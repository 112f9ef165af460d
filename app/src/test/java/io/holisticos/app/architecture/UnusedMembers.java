package io.holisticos.app.architecture;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Classes, methods and fields of main code that no main code uses. Frameworks use what they find by an annotation, by a
 * supertype of theirs or by name; such members count as used.
 */
final class UnusedMembers {

    /** Who has one of their annotations is called by them. */
    private static final List<String> FRAMEWORKS =
            List.of("jakarta.", "com.fasterxml.jackson.", "io.dropwizard.", "org.jdbi.", "org.togglz.");

    private static final Pattern COMMENT_OR_TEXT =
            Pattern.compile("/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("\\w+");

    private final Iterable<JavaClass> classes;
    private final Map<String, Map<String, Long>> wordsByClass;
    private final Set<String> wordsElsewhere;

    /**
     * @param sources by top-level class, for constants, which the compiler copies to where they are used
     * @param elsewhere texts that use members by name: templates, and modules whose classes are not there
     */
    UnusedMembers(Iterable<JavaClass> classes, Map<String, String> sources, List<String> elsewhere) {
        this.classes = classes;
        this.wordsByClass = new TreeMap<>();
        sources.forEach((name, text) -> wordsByClass.put(
                name,
                words(COMMENT_OR_TEXT.matcher(text).replaceAll(" "))
                        .collect(Collectors.groupingBy(word -> word, Collectors.counting()))));
        this.wordsElsewhere = elsewhere.stream().flatMap(UnusedMembers::words).collect(Collectors.toSet());
    }

    /** Their names, such as {@code whoop.api.Page} and {@code whoop.api.Page.next}. */
    Set<String> names() {
        Set<String> unused = new TreeSet<>();
        for (JavaClass type : classes) {
            if (type.isAnonymousClass()
                    || type.getSimpleName().isEmpty()
                    || type.getSimpleName().equals("package-info")) {
                continue;
            }
            if (isUnused(type)) {
                unused.add(nameOf(type)); // its members are not listed one by one
                continue;
            }
            if (type.isAnnotation()) {
                continue; // its members are read by whoever reads annotations
            }
            for (JavaMethod method : type.getMethods()) {
                if (isUnused(method)) {
                    unused.add(nameOf(type) + '.' + method.getName());
                }
            }
            for (JavaField field : type.getFields()) {
                if (isUnused(field)) {
                    unused.add(nameOf(type) + '.' + field.getName());
                }
            }
        }
        return unused;
    }

    private boolean isUnused(JavaClass type) {
        boolean main = type.getMethods().stream().anyMatch(UnusedMembers::isMain);
        return !main
                && !isCalledByFrameworks(type.getAnnotations())
                && !isMentionedOutside(type, type.getSimpleName())
                && type.getDirectDependenciesToSelf().stream()
                        .map(dependency -> dependency.getOriginClass().getName())
                        .allMatch(origin -> isWithin(origin, type.getName()));
    }

    private static boolean isWithin(String origin, String name) {
        return origin.equals(name) || origin.startsWith(name + '$');
    }

    private boolean isUnused(JavaMethod method) {
        if (isMadeByTheCompiler(method) || isMain(method) || isCalledByFrameworks(method.getAnnotations())) {
            return false;
        }
        return overridesNothing(method)
                && !isNamedElsewhere(method)
                && method.getAccessesToSelf().stream()
                        .map(JavaAccess::getOrigin)
                        .allMatch(origin -> origin.equals(method))
                && !isReadWithinItsRecord(method);
    }

    /** By its own name, or as the property that a template reads. */
    private boolean isNamedElsewhere(JavaMethod method) {
        String name = method.getName();
        if (name.matches("get[A-Z].*") && method.getRawParameterTypes().isEmpty()) {
            String property = name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4);
            return wordsElsewhere.contains(property);
        }
        return wordsElsewhere.contains(name);
    }

    private static boolean isMain(JavaMethod method) {
        return method.getName().equals("main") && method.getModifiers().contains(JavaModifier.STATIC);
    }

    private static boolean isMadeByTheCompiler(JavaMethod method) {
        boolean ofEnums = method.getOwner().isEnum()
                && (method.getName().equals("values") || method.getName().equals("valueOf"));
        return ofEnums
                || method.getModifiers().contains(JavaModifier.SYNTHETIC)
                || method.getModifiers().contains(JavaModifier.BRIDGE)
                || method.getName().startsWith("lambda$")
                || method.getName().startsWith("$");
    }

    private static boolean overridesNothing(JavaMethod method) {
        int parameters = method.getRawParameterTypes().size();
        return Stream.concat(
                        method.getOwner().getAllRawSuperclasses().stream(),
                        method.getOwner().getAllRawInterfaces().stream())
                .flatMap(above -> above.getMethods().stream())
                .noneMatch(above -> above.getName().equals(method.getName())
                        && above.getRawParameterTypes().size() == parameters);
    }

    /** An accessor that nobody calls is not missing where the record itself reads the component, or Jackson writes it. */
    private static boolean isReadWithinItsRecord(JavaMethod method) {
        JavaClass type = method.getOwner();
        if (!type.isRecord() || !method.getRawParameterTypes().isEmpty()) {
            return false;
        }
        return type.tryGetField(method.getName())
                .filter(field -> isWrittenByJackson(type) || isReadOutside(field, method))
                .isPresent();
    }

    private static boolean isReadOutside(JavaField component, JavaMethod accessor) {
        Set<String> made = Set.of("toString", "hashCode", "equals", accessor.getName());
        return component.getAccessesToSelf().stream()
                .filter(access -> access.getAccessType() == JavaFieldAccess.AccessType.GET)
                .anyMatch(access -> !made.contains(access.getOrigin().getName()));
    }

    private static boolean isWrittenByJackson(JavaClass type) {
        return isCalledByFrameworks(type.getAnnotations())
                || Stream.concat(type.getFields().stream(), type.getMethods().stream())
                        .map(JavaMember::getAnnotations)
                        .anyMatch(UnusedMembers::isCalledByFrameworks)
                || type.getEnclosingClass()
                        .filter(UnusedMembers::isWrittenByJackson)
                        .isPresent();
    }

    private boolean isUnused(JavaField field) {
        JavaClass type = field.getOwner();
        boolean constant = field.getModifiers().contains(JavaModifier.STATIC)
                && field.getModifiers().contains(JavaModifier.FINAL)
                && (field.getRawType().isPrimitive() || field.getRawType().isEquivalentTo(String.class));
        if (field.getModifiers().contains(JavaModifier.ENUM)
                || type.isRecord() && !field.getModifiers().contains(JavaModifier.STATIC)
                || field.getModifiers().contains(JavaModifier.SYNTHETIC)
                || field.getName().startsWith("$")
                || isCalledByFrameworks(field.getAnnotations())) {
            return false;
        }
        if (constant) {
            return !isMentionedOutside(type, field.getName()) && !isMentionedTwice(type, field.getName());
        }
        return field.getAccessesToSelf().stream()
                .allMatch(access -> access.getAccessType() == JavaFieldAccess.AccessType.SET);
    }

    private static boolean isCalledByFrameworks(Set<? extends JavaAnnotation<?>> annotations) {
        return annotations.stream()
                .map(annotation -> annotation.getRawType().getName())
                .anyMatch(name -> FRAMEWORKS.stream().anyMatch(name::startsWith));
    }

    private boolean isMentionedOutside(JavaClass type, String word) {
        String own = MainCode.topLevelOf(type.getName());
        return wordsElsewhere.contains(word)
                || wordsByClass.entrySet().stream()
                        .anyMatch(other ->
                                !other.getKey().equals(own) && other.getValue().containsKey(word));
    }

    private boolean isMentionedTwice(JavaClass type, String word) {
        return wordsByClass
                        .getOrDefault(MainCode.topLevelOf(type.getName()), Map.of())
                        .getOrDefault(word, 0L)
                > 1;
    }

    static String nameOf(JavaClass type) {
        return type.getName().substring(MainCode.BASE.length()).replace('$', '.');
    }

    private static Stream<String> words(String text) {
        return WORD.matcher(text).results().map(MatchResult::group);
    }
}
