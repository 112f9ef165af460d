package io.holisticos.app.admin;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;

/** Lets a task choose the status of its response. Dropwizard gives a task only a writer, and answers 200. */
final class TaskAnswers extends HttpFilter {

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
}
