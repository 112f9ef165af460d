package io.holisticos.bench;

import io.holisticos.bench.drive.Load;
import java.util.function.Supplier;

/**
 * One of those who are compared.
 *
 * @param load what is sent; asked for before each run, since some requests can be sent once only
 * @param before sets what is different for it, such as a flag
 * @param after sets it back
 */
record Contender(String name, String title, Supplier<Load> load, Runnable before, Runnable after) {

    Contender(String name, String title, Supplier<Load> load) {
        this(name, title, load, () -> {}, () -> {});
    }
}
