package io.holisticos.app.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * The licences of the libraries that a class path names, as they say themselves: in the POM beside the jar in Maven's local
 * repository, or in one of its parents.
 */
final class Licences {

    /** The libraries whose POM says nothing, with what they say elsewhere. */
    private static final Map<String, String> SAID_ELSEWHERE = Map.of();

    /** Permissive, or copyleft that ends at the library, which we do not change. */
    private static final Pattern ALLOWED =
            Pattern.compile("(?i).*\\b(apache|mit|mit-0|bsd|0bsd|bsd3|bsd-[23]-clause|isc"
                    + "|public domain|cc0|w3c|jquery|edl|eclipse distribution|postgresql|go license|unicode|epl|epl-[12].0|eplv[12]"
                    + "|eclipse public|lgpl|lgpl-.*|lesser general public|mpl|mozilla|cddl|common development)\\b.*");

    private static final Pattern GPL =
            Pattern.compile("(?i).*\\b(gpl|gpl-?v?[23].*|gplv[23]|gpl[23]|general public license)\\b.*");
    private static final Pattern LESSER = Pattern.compile("(?i).*\\b(lgpl|lesser).*");
    private static final Pattern WITH_EXCEPTION = Pattern.compile("(?i).*(classpath|\\bcpe\\b).*");
    private static final Pattern NEVER = Pattern.compile(
            "(?i).*(affero|agpl|business source|busl|sspl|server side public|commons clause|elastic license"
                    + "|non-?commercial).*");

    private static final int LONGEST_LINE_OF_PARENTS = 12;

    private Licences() {}

    /** By library, such as {@code group:artifact:1.0}, the names of its licences; empty for one that says nothing. */
    static Map<String, List<String>> of(String classPath) {
        Map<String, List<String>> licences = new TreeMap<>();
        for (String entry : classPath.split(Pattern.quote(System.getProperty("path.separator")))) {
            Path jar = Path.of(entry);
            Path pom = pomBeside(jar);
            if (entry.endsWith(".jar") && Files.exists(pom) && !entry.contains("/io/holisticos/")) {
                Path repository = repositoryOf(pom);
                String name = repository.relativize(pom.getParent()).toString().replace('\\', '/');
                licences.put(name, said(pom, repository, LONGEST_LINE_OF_PARENTS));
            }
        }
        return licences;
    }

    /** What may not be part of the service, a line for each library. */
    static List<String> refused(Map<String, List<String>> licences) {
        List<String> refused = new ArrayList<>();
        licences.forEach((library, names) -> {
            if (names.isEmpty()) {
                refused.add(library + ": says no licence");
            }
            names.stream().filter(name -> !isAllowed(name)).forEach(name -> refused.add(library + ": " + name));
        });
        return refused;
    }

    static boolean isAllowed(String licence) {
        if (NEVER.matcher(licence).matches()) {
            return false;
        }
        if (GPL.matcher(licence).matches() && !LESSER.matcher(licence).matches()) {
            return WITH_EXCEPTION.matcher(licence).matches();
        }
        return ALLOWED.matcher(licence).matches();
    }

    private static List<String> said(Path pom, Path repository, int left) {
        Element project = read(pom);
        List<String> names = new ArrayList<>();
        child(project, "licenses")
                .ifPresent(licences -> children(licences, "license")
                        .forEach(licence -> names.add(text(licence, "name")
                                .or(() -> text(licence, "url"))
                                .orElse(""))));
        if (!names.isEmpty()) {
            return names;
        }
        Optional<Path> parent = child(project, "parent").map(named -> inRepository(repository, named));
        if (parent.filter(Files::exists).isPresent() && left > 0) {
            return said(parent.get(), repository, left - 1);
        }
        return Optional.ofNullable(
                        SAID_ELSEWHERE.get(text(project, "artifactId").orElse("")))
                .map(List::of)
                .orElse(List.of());
    }

    private static Path inRepository(Path repository, Element named) {
        String artifact = text(named, "artifactId").orElseThrow();
        String version = text(named, "version").orElseThrow();
        return repository
                .resolve(text(named, "groupId").orElseThrow().replace('.', '/'))
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + ".pom");
    }

    /** A jar lies in repository/group/artifact/version. */
    private static Path pomBeside(Path jar) {
        Path version = jar.getParent();
        if (version == null || version.getParent() == null) {
            return jar;
        }
        return version.resolve(version.getParent().getFileName() + "-" + version.getFileName() + ".pom");
    }

    private static Path repositoryOf(Path pom) {
        Element project = read(pom);
        String group = text(project, "groupId")
                .or(() -> child(project, "parent").flatMap(parent -> text(parent, "groupId")))
                .orElseThrow();
        Path folder = pom.getParent().getParent().getParent(); // of the group
        for (int i = 0; i < group.split("\\.").length; i++) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static Element read(Path pom) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
            return factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException(pom.toString(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(pom.toString(), e);
        }
    }

    private static Optional<String> text(Element of, String name) {
        return child(of, name).map(found -> found.getTextContent().strip().replaceAll("\\s+", " "));
    }

    private static Optional<Element> child(Element of, String name) {
        return children(of, name).stream().findFirst();
    }

    private static List<Element> children(Element of, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }
}
