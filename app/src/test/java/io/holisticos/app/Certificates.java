package io.holisticos.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority of a test, in a folder of its own, made with the JDK's own tool. */
final class Certificates {

    private static final String PASSWORD = "of-no-secret";

    private final Path folder;

    Certificates(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        keytool("-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=" + folder.getFileName(), "-ext", "bc:c");
        keytool("-exportcert", "-alias", "ca", "-rfc", "-file", root().toString());
    }

    /** What clients trust, as PEM. */
    Path root() {
        return folder.resolve("root.pem");
    }

    /** @return a certificate for this host as PEM; {@link #keyOf} has its key */
    Path of(String host) throws Exception {
        Path request = folder.resolve(host + ".csr");
        Path certificate = folder.resolve(host + ".pem");
        keytool("-genkeypair", "-alias", host, "-keyalg", "EC", "-dname", "CN=" + host);
        keytool("-certreq", "-alias", host, "-file", request.toString());
        keytool(
                "-gencert",
                "-alias",
                "ca",
                "-ext",
                "san=dns:" + host,
                "-rfc",
                "-infile",
                request.toString(),
                "-outfile",
                certificate.toString());
        return certificate;
    }

    /** Readable by nobody else: servers insist on it. */
    Path keyOf(String host) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(folder.resolve("keys.p12").toFile(), PASSWORD.toCharArray());
        byte[] key = keys.getKey(host, PASSWORD.toCharArray()).getEncoded();
        Path file = folder.resolve(host + ".key");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n");
    }

    private void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", folder.resolve("keys.p12").toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException("keytool " + arguments[0] + ": " + said);
        }
    }
}
