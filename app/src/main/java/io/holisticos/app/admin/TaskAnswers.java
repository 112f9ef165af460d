package io.holisticos.app.admin;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.BadMessageException;

/**
 * Lets a task choose the status of its response. Dropwizard gives a task only a writer, and answers 200; parameters that the
 * server cannot read would be 500.
 */
final class TaskAnswers extends HttpFilter {

    private static final String UNREADABLE =
            "{\"error\":\"the parameters cannot be read: they are names and values as forms write them, in UTF-8\"}\n";

    /** The writer that is handed to a task. */
    static final class Output extends PrintWriter {

        private final HttpServletResponse response;

        private Output(PrintWriter body, HttpServletResponse response) {
            super(body);
            this.response = response;
        }

        /** Sets the status. It must be called before anything is written. */
        void setStatus(int status) {
            response.setStatus(status);
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!canBeRead(request)) {
            AdminChange.note(request, "unreadable");
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            response.setContentType("application/json");
            response.getOutputStream().write(UNREADABLE.getBytes(StandardCharsets.UTF_8));
            return;
        }
        chain.doFilter(request, new HttpServletResponseWrapper(response) {
            /** Keeps the headers, which every response has. Dropwizard calls this for a task that there is not. */
            @Override
            public void reset() {
                resetBuffer();
            }

            @Override
            public PrintWriter getWriter() throws IOException {
                return new Output(super.getWriter(), response);
            }
        });
    }

    private static boolean canBeRead(HttpServletRequest request) {
        try {
            return request.getParameterMap() != null;
        } catch (BadMessageException unreadable) {
            return false;
        }
    }
}
