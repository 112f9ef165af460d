package io.holisticos.pages;

import io.dropwizard.views.common.View;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a template and the layout around it know. */
public final class PageView extends View {

    private final Page page;
    private final Words words;
    private final Frame frame;

    /**
     * What is around every page.
     *
     * @param root before the path of each of our routes; mostly empty
     * @param files addresses of the files that the page may load, by name
     */
    public record Frame(String brand, String style, String logo, String root, Map<String, String> files) {}

    PageView(Page page, Words words, Frame frame) {
        super(page.templatePath(), StandardCharsets.UTF_8);
        this.page = page;
        this.words = words;
        this.frame = frame;
    }

    public Object getPage() {
        return page.content();
    }

    public Words getWords() {
        return words;
    }

    public Frame getFrame() {
        return frame;
    }
}
