package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.holisticos.pages.Pages;
import io.holisticos.pages.RefusalPage;
import io.holisticos.web.Problem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Whoever opens a page in a browser and is refused before any page was asked (too often, too much at once), or whose page failed,
 * sees a page that says so. Programs get the problem as JSON, as everywhere.
 */
final class RefusalsInBrowsers extends HttpFilter {

    private final transient Pages pages;

    private RefusalsInBrowsers(Pages pages) {
        this.pages = pages;
    }

    static void register(Environment environment, Pages pages) {
        var filter = environment.servlets().addFilter("refusals-in-browsers", new RefusalsInBrowsers(pages));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*"); // before whatever refuses
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!opensAPage(request)) {
            chain.doFilter(request, response);
            return;
        }
        Withholding answer = new Withholding(response);
        chain.doFilter(request, answer);
        if (answer.withheld) {
            Pages.Written page = pages.write(
                    RefusalPage.of(response.getStatus(), retryAfter(response)), request.getHeader("Accept-Language"));
            page.headers().forEach((name, values) -> response.setHeader(name, String.join(", ", values)));
            response.setContentLength(page.html().length);
            response.getOutputStream().write(page.html());
        }
    }

    private static boolean opensAPage(HttpServletRequest request) {
        String accepted = Optional.ofNullable(request.getHeader("Accept")).orElse("");
        return accepted.contains("text/html")
                && (request.getMethod().equals("GET") || request.getMethod().equals("POST"))
                && RouteGroup.isOpenedByPeople(request.getRequestURI());
    }

    private static long retryAfter(HttpServletResponse response) {
        String seconds = response.getHeader("Retry-After");
        return seconds != null && seconds.matches("[0-9]{1,5}") ? Long.parseLong(seconds) : 0;
    }

    /** Lets everything through but the body of a problem. */
    private static final class Withholding extends HttpServletResponseWrapper {

        private boolean withheld;

        Withholding(HttpServletResponse response) {
            super(response);
        }

        @Override
        public ServletOutputStream getOutputStream() throws IOException {
            String type = getContentType();
            if (type == null || !type.startsWith(Problem.MEDIA_TYPE)) {
                return super.getOutputStream();
            }
            withheld = true;
            return new Nowhere();
        }

        /** Jersey sends what it has when a request ends. */
        @Override
        public void flushBuffer() throws IOException {
            if (!withheld) {
                super.flushBuffer();
            }
        }
    }

    private static final class Nowhere extends ServletOutputStream {

        @Override
        public void write(int one) {
            // the page takes its place
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new IllegalStateException("problems are not written asynchronously");
        }
    }
}
