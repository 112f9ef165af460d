package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.AdminEnvironment;
import io.dropwizard.jetty.MutableServletContextHandler;
import io.dropwizard.metrics.servlets.AdminServlet;
import io.holisticos.app.flags.Flags;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.web.ApiKeys;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import java.util.EnumSet;

/**
 * The pages and tasks that the admin port has in addition to Dropwizard's. Reads are open, every change needs a key.
 */
public final class AdminPort {

    private AdminPort() {}

    public static void open(
            AdminEnvironment admin, ObjectMapper json, ApiKeys keys, Flags flags, SecurityEvents security) {
        OperatorsOnly operators = new OperatorsOnly(keys, security, json);
        FilterRegistration.Dynamic guard = admin.addFilter("operators-only", operators);
        guard.setAsyncSupported(true); // event streams pass it
        guard.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        admin.addFilter("task-answers", new TaskAnswers())
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/tasks/*");
        admin.addServlet("flags", new FlagsServlet(flags, operators::isReadByOperator, json))
                .addMapping("/flags", "/flags/*");
        admin.addTask(new FlagsTask(flags, json));
    }

    /** Shows those of Dropwizard's pages that are open to everyone. The others answer 404. */
    public static void show(MutableServletContextHandler context, DiagnosticsConfiguration diagnostics) {
        context.setInitParameter(AdminServlet.THREADS_ENABLED_PARAM_KEY, Boolean.toString(diagnostics.threads));
        context.setInitParameter(AdminServlet.CPU_PROFILE_ENABLED_PARAM_KEY, Boolean.toString(diagnostics.pprof));
    }
}
