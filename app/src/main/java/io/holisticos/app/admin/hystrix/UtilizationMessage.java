package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holisticos.command.Command;
import io.holisticos.command.Commands;
import io.holisticos.command.PoolSnapshot;
import java.io.IOException;
import java.util.Optional;

/** The message of {@code /hystrix/utilization.stream}: how many executions are inside each command and pool now. */
final class UtilizationMessage {

    private final Commands commands;

    UtilizationMessage(Commands commands) {
        this.commands = commands;
    }

    byte[] render() {
        return Messages.render(messages -> messages.add(this::fields));
    }

    private void fields(JsonGenerator json) throws IOException {
        json.writeStringField("type", "HystrixUtilization");
        json.writeObjectFieldStart("commands");
        for (Command command : commands.all()) {
            json.writeObjectFieldStart(command.key().name());
            json.writeNumberField(
                    "activeCount", command.snapshot().concurrency().current());
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("threadpools");
        for (Command command : commands.all()) {
            Optional<PoolSnapshot> pool = command.pool();
            if (pool.isPresent()) {
                json.writeObjectFieldStart(command.key().name());
                json.writeNumberField("activeCount", pool.get().threads().active());
                json.writeNumberField("queueSize", pool.get().work().queued());
                json.writeNumberField("corePoolSize", pool.get().bounds().core());
                json.writeNumberField("poolSize", pool.get().threads().size());
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }
}
