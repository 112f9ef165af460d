package io.holisticos.cache.redis;

import io.holisticos.cache.SecondLevel;
import io.holisticos.health.UserId;
import java.time.Instant;

/**
 * What has to be the same in Redis when an answer comes to be kept.
 *
 * @param term of the replicas that hear of all changes
 * @param generation of the member, gone with the next change
 */
record RedisTicket(UserId who, Instant begun, byte[] term, byte[] generation) implements SecondLevel.Ticket {}
