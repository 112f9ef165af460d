package io.holisticos.app.admin.hystrix;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.Commands;
import java.io.IOException;

/**
 * The message of {@code /hystrix/config.stream}: the settings in force for every command, executed or not. Hystrix
 * prints force-open under {@code isForcedClosed}; here each setting has its own field.
 */
final class ConfigurationMessage {

    private final Commands commands;

    ConfigurationMessage(Commands commands) {
        this.commands = commands;
    }

    byte[] render() {
        return Messages.render(messages -> messages.add(this::fields));
    }

    private void fields(JsonGenerator json) throws IOException {
        json.writeStringField("type", "HystrixConfig");
        json.writeObjectFieldStart("commands");
        for (Command command : commands.all()) {
            json.writeObjectFieldStart(command.key().name());
            command(json, command);
            json.writeEndObject();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("threadpools");
        for (Command command : commands.all()) {
            if (command.pool().isPresent()) {
                json.writeObjectFieldStart(command.key().name());
                pool(json, command.configuration());
                json.writeEndObject();
            }
        }
        json.writeEndObject();
        json.writeObjectFieldStart("collapsers"); // requests are never collapsed here
        json.writeEndObject();
    }

    private static void command(JsonGenerator json, Command command) throws IOException {
        CommandConfiguration inForce = command.configuration();
        json.writeStringField("threadPoolKey", command.key().name());
        json.writeStringField("groupKey", command.group());
        json.writeObjectFieldStart("execution");
        json.writeStringField("isolationStrategy", inForce.isolation().name());
        json.writeNullField("threadPoolKeyOverride");
        json.writeBooleanField("requestCacheEnabled", true);
        json.writeBooleanField("requestLogEnabled", false);
        json.writeBooleanField("timeoutEnabled", true);
        json.writeBooleanField("fallbackEnabled", inForce.semaphores().fallback() > 0);
        json.writeNumberField("timeoutInMilliseconds", inForce.timeout().toMillis());
        json.writeNumberField("semaphoreSize", inForce.semaphores().execution());
        json.writeNumberField("fallbackSemaphoreSize", inForce.semaphores().fallback());
        json.writeBooleanField("threadInterruptOnTimeout", inForce.isolation() == Isolation.THREAD);
        json.writeEndObject();
        metrics(json, inForce.breaker());
        breaker(json, command);
    }

    private static void metrics(JsonGenerator json, CommandConfiguration.Breaker breaker) throws IOException {
        long bucketMillis = breaker.window().toMillis() / CommandConfiguration.ROLLING_BUCKETS;
        json.writeObjectFieldStart("metrics");
        json.writeNumberField("healthBucketSizeInMs", bucketMillis);
        json.writeNumberField(
                "percentileBucketSizeInMilliseconds",
                CommandConfiguration.PERCENTILE_WINDOW.toMillis() / CommandConfiguration.PERCENTILE_BUCKETS);
        json.writeNumberField("percentileBucketCount", CommandConfiguration.PERCENTILE_BUCKETS);
        json.writeBooleanField("percentileEnabled", true);
        json.writeNumberField("counterBucketSizeInMilliseconds", bucketMillis);
        json.writeNumberField("counterBucketCount", CommandConfiguration.ROLLING_BUCKETS);
        json.writeEndObject();
    }

    private static void breaker(JsonGenerator json, Command command) throws IOException {
        CommandConfiguration.Breaker breaker = command.configuration().breaker();
        Command.State state = command.state();
        json.writeObjectFieldStart("circuitBreaker");
        json.writeBooleanField("enabled", true);
        json.writeBooleanField("isForcedOpen", state == Command.State.FORCED_OPEN);
        json.writeBooleanField("isForcedClosed", state == Command.State.FORCED_CLOSED);
        json.writeNumberField("requestVolumeThreshold", breaker.requestVolume());
        json.writeNumberField("errorPercentageThreshold", breaker.errorPercentage());
        json.writeNumberField("sleepInMilliseconds", breaker.sleep().toMillis());
        json.writeEndObject();
    }

    private static void pool(JsonGenerator json, CommandConfiguration inForce) throws IOException {
        CommandConfiguration.Pool pool = inForce.pool();
        long windowMillis = inForce.breaker().window().toMillis();
        json.writeNumberField("coreSize", pool.core());
        json.writeNumberField("maximumSize", pool.max());
        json.writeNumberField("actualMaximumSize", pool.max());
        json.writeNumberField("maxQueueSize", pool.queue());
        json.writeNumberField("queueRejectionThreshold", pool.rejectionThreshold());
        json.writeNumberField("keepAliveTimeInMinutes", pool.keepAlive().toMinutes());
        json.writeBooleanField("allowMaximumSizeToDivergeFromCoreSize", pool.max() > pool.core());
        json.writeNumberField("counterBucketSizeInMilliseconds", windowMillis / CommandConfiguration.ROLLING_BUCKETS);
        json.writeNumberField("counterBucketCount", CommandConfiguration.ROLLING_BUCKETS);
    }
}
