package io.holisticos.bench.bare;

import io.dropwizard.configuration.ConfigurationSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * What Dropwizard costs at the least: one endpoint reads a row by plain JDBC, another checks a key and answers bytes from memory.
 * Arguments: port, JDBC URL, key.
 */
public final class BareApplication extends Application<BareConfiguration> {

    public static final String READY = "/ready";

    private static final String CONFIGURATION = """
            server:
              applicationConnectors: [{type: http, port: %s, bindHost: 127.0.0.1}]
              adminConnectors: [{type: http, port: 0, bindHost: 127.0.0.1}]
              requestLog: {appenders: []}
            logging: {level: WARN}
            database:
              driverClass: org.postgresql.Driver
              url: "%s"
              initialSize: 8
              minSize: 8
              maxSize: 8
              checkConnectionOnBorrow: false
            key: "%s"
            """;

    public static void main(String[] args) throws Exception {
        String configuration = CONFIGURATION.formatted((Object[]) args);
        new BareApplication(configuration).run("server", "inline");
    }

    private final String configuration;

    private BareApplication(String configuration) {
        this.configuration = configuration;
    }

    @Override
    public void initialize(Bootstrap<BareConfiguration> bootstrap) {
        ConfigurationSourceProvider inline =
                path -> new ByteArrayInputStream(configuration.getBytes(StandardCharsets.UTF_8));
        bootstrap.setConfigurationSourceProvider(inline);
    }

    @Override
    public void run(BareConfiguration configuration, Environment environment) throws SQLException {
        var pool = configuration.database.build(environment.metrics(), "bare");
        environment.lifecycle().manage(pool);
        environment.jersey().register(new RowResource(pool));
        try (Connection connection = pool.getConnection()) {
            environment.jersey().register(new BytesResource(configuration.key, answers(connection)));
        }
    }

    private static Map<String, byte[]> answers(Connection connection) throws SQLException {
        Map<String, byte[]> answers = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select user_id, body from bench.answer")) {
            while (rows.next()) {
                answers.put(rows.getString(1), rows.getString(2).getBytes(StandardCharsets.UTF_8));
            }
        }
        return answers;
    }
}
