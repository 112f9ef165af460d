package io.holisticos.app.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Which classes name which table. A class names it in a text of its constant pool, where the compiler also writes constants
 * of other classes and the parts of concatenated texts, or in a file of SQL that it reads.
 */
final class TableOwners {

    private static final int STRING = 8; // the tag of a text in a constant pool
    private static final char GAP = '\1'; // where the compiler puts a value into a concatenated text
    private static final Pattern SQL_COMMENT = Pattern.compile("--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern STATEMENT =
            Pattern.compile("(?is)\\b(select\\b.*\\bfrom|insert\\s+into|update\\b.*\\bset"
                    + "|delete\\s+from|with\\b.*\\bas\\s*\\(|truncate|lock\\s+table|merge\\s+into|join)\\b");
    private static final String POSITION = "(from|join|into|update|truncate|lock\\s+table|alter\\s+table)\\s+";

    /** A gap after {@code whoop_record_} is for a view, which its owner publishes for readers. */
    private static final Pattern TABLE_BY_PARAMETER = Pattern.compile(
            "(?is)\\b" + POSITION + "\"?(?!whoop_record_)\\w*(\\{\\w+}|\\$\\{|<\\w+>|%s|%\\d\\$s|" + GAP + ")");

    private final Collection<String> sqlFiles;

    /** @param sqlFiles those that classes read, named from the root of the class path */
    TableOwners(Collection<String> sqlFiles) {
        this.sqlFiles = List.copyOf(sqlFiles);
    }

    /** By table, the top-level classes that name it. A table that nobody names is there without a class. */
    Map<String, Set<String>> of(Set<String> tables, Iterable<JavaClass> classes) {
        Map<String, Set<String>> owners = new TreeMap<>();
        tables.forEach(table -> owners.put(table, new TreeSet<>()));
        for (JavaClass type : classes) {
            List<String> texts = textsOf(type);
            owners.forEach((table, named) -> {
                if (texts.stream().anyMatch(text -> names(text, table))) {
                    named.add(MainCode.topLevelOf(type.getName()));
                }
            });
        }
        return owners;
    }

    /** The top-level classes with statements whose table is put in from elsewhere. */
    Set<String> byParameter(Iterable<JavaClass> classes) {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            if (textsOf(type).stream()
                    .anyMatch(text -> STATEMENT.matcher(text).find()
                            && TABLE_BY_PARAMETER
                                    .matcher(SQL_COMMENT.matcher(text).replaceAll(" "))
                                    .find())) {
                found.add(MainCode.topLevelOf(type.getName()));
            }
        }
        return found;
    }

    /** By file of SQL, the top-level classes that read it. */
    Map<String, Set<String>> readers(Iterable<JavaClass> classes) {
        Map<String, Set<String>> readers = new TreeMap<>();
        sqlFiles.forEach(file -> readers.put(file, new TreeSet<>()));
        for (JavaClass type : classes) {
            filesReadBy(type, constantsOf(type))
                    .forEach(file -> readers.computeIfAbsent(file, any -> new TreeSet<>())
                            .add(MainCode.topLevelOf(type.getName())));
        }
        return readers;
    }

    /**
     * Whether a text names a table. A name of several words stands for the table wherever a statement has it, and alone. A
     * name of one word, such as {@code scores}, is also a word of paths and JSON: it counts where SQL expects a table.
     */
    static boolean names(String text, String table) {
        String sql = SQL_COMMENT.matcher(text).replaceAll(" ");
        boolean severalWords = table.contains("_");
        if (severalWords && sql.strip().equals(table)) {
            return true;
        }
        boolean statement = STATEMENT.matcher(sql).find();
        if (severalWords && statement) {
            return Pattern.compile("(?i)(?<![\\w.:$])" + table + "\\b")
                    .matcher(sql)
                    .find();
        }
        Pattern position = Pattern.compile(
                "(?is)\\b" + POSITION + "\"?" + table + "\\b(?!\\s*[(:=]|/)|\\b(from|join)\\s+[\\w\\s,]*,\\s*" + table
                        + "\\b|\\binto\\s+" + table + "\\s*\\(");
        return (severalWords || statement) && position.matcher(sql).find();
    }

    /** What stands in the class: its texts, and the SQL of the files that they name. */
    private List<String> textsOf(JavaClass type) {
        List<String> texts = constantsOf(type);
        List<String> files = new ArrayList<>();
        filesReadBy(type, texts).forEach(file -> resource(file).ifPresent(files::add));
        files.addAll(texts);
        return files;
    }

    /**
     * A file is named by its path, by its name in the package of the class, or by both with its name put in; JDBI's locator
     * names it with dots and without its ending.
     */
    private Set<String> filesReadBy(JavaClass type, List<String> constants) {
        Set<String> read = new TreeSet<>();
        String inPackage = type.getPackageName().replace('.', '/') + '/';
        for (String text : constants) {
            String constant = text.matches("io\\.holisticos\\.[\\w.-]+" + GAP + "?") ? located(text) : text;
            if (constant.endsWith(".sql") && constant.indexOf(GAP) < 0) {
                sqlFiles.stream()
                        .filter(file ->
                                file.equals(inPackage + constant) || file.equals(constant.replaceFirst("^/", "")))
                        .forEach(read::add);
            } else if (constant.endsWith(GAP + ".sql")) {
                String folder = constant.substring(0, constant.indexOf(GAP)).replaceFirst("^/", "");
                String start = folder.isEmpty() ? inPackage : folder;
                sqlFiles.stream()
                        .filter(file -> file.startsWith(start)
                                && constants.contains(
                                        file.substring(start.length()).replaceFirst("\\.sql$", "")))
                        .forEach(read::add);
            }
        }
        return read;
    }

    private static String located(String name) {
        return name.replace('.', '/') + ".sql";
    }

    private static Optional<String> resource(String name) {
        URL found = TableOwners.class.getClassLoader().getResource(name);
        return Optional.ofNullable(found).map(url -> new String(bytesOf(url), StandardCharsets.UTF_8));
    }

    private static List<String> constantsOf(JavaClass type) {
        URL url;
        try {
            url = type.getSource().orElseThrow().getUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ClassReader reader = new ClassReader(bytesOf(url));
        char[] buffer = new char[reader.getMaxStringLength()];
        List<String> constants = new ArrayList<>();
        for (int i = 1; i < reader.getItemCount(); i++) {
            int offset = reader.getItem(i);
            if (offset > 0 && reader.readByte(offset - 1) == STRING) {
                constants.add(reader.readUTF8(offset, buffer));
            }
        }
        return constants;
    }

    private static byte[] bytesOf(URL url) {
        try (InputStream bytes = url.openStream()) {
            return bytes.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
