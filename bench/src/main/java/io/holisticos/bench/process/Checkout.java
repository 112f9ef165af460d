package io.holisticos.bench.process;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The repository that the bench was built in: its packaged service, its sandbox, its configuration. */
public record Checkout(Path root) {

    /** Found by where bench.jar lies. */
    public static Checkout here() {
        try {
            Path jar = Path.of(Checkout.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            for (Path folder = jar; folder != null; folder = folder.getParent()) {
                if (Files.exists(folder.resolve("config.yml")) && Files.isDirectory(folder.resolve("bench"))) {
                    return new Checkout(folder);
                }
            }
        } catch (URISyntaxException e) {
            throw new BenchFailure("the place of bench.jar is not known", e);
        }
        throw new BenchFailure("bench.jar has to lie where it was built: bench/target of the repository");
    }

    public Path app() {
        return built("app/target/app.jar");
    }

    public Path sandbox() {
        return built("sandbox/target/sandbox.jar");
    }

    public Path bench() {
        return built("bench/target/bench.jar");
    }

    public Path configuration() {
        return root.resolve("config.yml");
    }

    public Path python() {
        return root.resolve("bench/python");
    }

    private Path built(String path) {
        Path file = root.resolve(path);
        if (!Files.exists(file)) {
            throw new BenchFailure(path + " is missing: mvn -q -Pbench -DskipTests package");
        }
        return file;
    }
}
