package io.holisticos.pages;

import io.dropwizard.views.common.View;
import java.nio.charset.StandardCharsets;

/** What a template and the layout around it know. */
public final class PageView extends View {

    private final Page page;
    private final Words words;
    private final Frame frame;

    /** What is around every page. */
    public record Frame(String brand, String style, String logo) {}

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
