package io.holisticos.app.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.AdminEnvironment;
import io.dropwizard.jetty.MutableServletContextHandler;
import io.dropwizard.metrics.servlets.AdminServlet;
import io.holisticos.app.flags.Flags;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.web.AccessRules;
import io.holisticos.web.Sessions;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import java.util.EnumSet;

/** The pages and tasks that the admin port has in addition to Dropwizard's, and who gets in to all of them. */
public final class AdminPort {

    private AdminPort() {}

    /**
     * Who may come in, and who comes.
     *
     * @param readsAreOpen whether reads need no credential, as only this machine can reach the port
     */
    public record Access(AccessRules rules, Sessions sessions, boolean readsAreOpen, SecurityEvents security) {}

    public static void open(AdminEnvironment admin, ObjectMapper json, Access access, Flags flags) {
        AdminAccess guardian = new AdminAccess(access.rules(), access.readsAreOpen(), access.security(), json);
        FilterRegistration.Dynamic guard = admin.addFilter("admin-access", guardian);
        guard.setAsyncSupported(true); // event streams pass it
        guard.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        admin.addFilter("task-answers", new TaskAnswers())
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/tasks/*");
        admin.addServlet("flags", new FlagsServlet(flags, guardian::isReadByOperator, json))
                .addMapping("/flags", "/flags/*");
        admin.addServlet("session", new SessionServlet(access.sessions(), access.rules(), json))
                .addMapping(AdminAccess.SESSION);
        admin.addTask(new FlagsTask(flags, json));
        admin.addTask(CheckedTask.logLevel()); // in place of Dropwizard's
        admin.addTask(CheckedTask.gc());
    }

    /** Shows those of Dropwizard's pages that are open to everyone. The others answer 404. */
    public static void show(MutableServletContextHandler context, DiagnosticsConfiguration diagnostics) {
        context.setInitParameter(AdminServlet.THREADS_ENABLED_PARAM_KEY, Boolean.toString(diagnostics.threads));
        context.setInitParameter(AdminServlet.CPU_PROFILE_ENABLED_PARAM_KEY, Boolean.toString(diagnostics.pprof));
    }
}
