package io.holisticos.app.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the service is made of: which licences, and that every version is one version. docs/dependencies.md explains it. */
class DependenciesTest {

    private static final Pattern VERSION = Pattern.compile("<(version|[\\w.-]+\\.version)>([^<]*)</");

    @Test
    void everyLibraryHasALicenceThatWeMayUse() throws Exception {
        Map<String, List<String>> licences =
                Licences.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));

        assertThat(licences).hasSizeGreaterThan(100);
        Files.write(
                Files.createDirectories(Path.of("target")).resolve("licences.txt"),
                licences.entrySet().stream()
                        .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()))
                        .toList());
        assertThat(Licences.refused(licences)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Apache-2.0",
                "The Apache Software License, Version 2.0",
                "MIT",
                "The MIT License (MIT)",
                "BSD-3-Clause",
                "The BSD 2-Clause License",
                "EPL-2.0",
                "Eclipse Public License - v 2.0",
                "LGPL-2.1-or-later",
                "GNU Lesser General Public License",
                "MPL 2.0",
                "CDDL 1.1",
                "GPL2 w/ CPE",
                "GNU General Public License, version 2 (GPL2), with the classpath exception",
                "GPL-2.0-with-classpath-exception",
                "Public Domain, per Creative Commons CC0"
            })
    void theseMayBeUsed(String licence) {
        assertThat(Licences.isAllowed(licence)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GPL-3.0-only",
                "GPLv2",
                "GNU General Public License v3.0",
                "AGPL-3.0",
                "GNU Affero General Public License",
                "BUSL-1.1",
                "Business Source License 1.1",
                "Functional Source License",
                "Server Side Public License",
                "Apache License 2.0 with Commons Clause",
                "Elastic License 2.0",
                "Commercial",
                ""
            })
    void theseMayNot(String licence) {
        Map<String, List<String>> planted = Map.of("org/example/planted/1.0", List.of("Apache-2.0", licence));

        assertThat(Licences.refused(planted)).hasSize(1);
        assertThat(Licences.refused(Map.of("org/example/silent/1.0", List.of())))
                .hasSize(1);
    }

    @Test
    void everyVersionIsOneVersion() {
        List<String> loose = new ArrayList<>();
        List<Path> poms = new ArrayList<>(List.of(MainCode.ROOT.resolve("pom.xml")));
        for (String module : List.of("ring-source", "bench", "coverage")) {
            poms.add(MainCode.ROOT.resolve(module).resolve("pom.xml"));
        }
        MainCode.MODULES.forEach(
                module -> poms.add(MainCode.ROOT.resolve(module).resolve("pom.xml")));
        for (Path pom : poms) {
            Matcher version = VERSION.matcher(
                    MainCode.read(pom).replaceAll("(?s)<requireMavenVersion>.*?</requireJavaVersion>", ""));
            while (version.find()) {
                String said = version.group(2).strip();
                boolean isOurs = said.equals("1.0.0-SNAPSHOT") || said.matches("\\$\\{[\\w.-]+}");
                if (!isOurs && (!said.matches("\\d[\\w.-]*") || said.endsWith("-SNAPSHOT"))) {
                    loose.add(MainCode.ROOT.relativize(pom) + ": " + said);
                }
            }
        }

        assertThat(loose).as("ranges, LATEST, RELEASE, snapshots of others").isEmpty();
    }

    @Test
    void whatIsDownloadedIsHeldAgainstItsChecksum() {
        assertThat(MainCode.read(MainCode.ROOT.resolve(".mvn/maven.config")).lines())
                .contains("-C");
        assertThat(MainCode.read(MainCode.ROOT.resolve(".mvn/wrapper/maven-wrapper.properties")))
                .containsPattern("(?m)^distributionSha256Sum=[0-9a-f]{64}$");
    }
}
