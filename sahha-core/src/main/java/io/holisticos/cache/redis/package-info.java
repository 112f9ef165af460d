/**
 * The second level of kept answers in Redis or Valkey: sealed with each member's key, and shared by all replicas.
 *
 * <p>May use: {@code cache}, {@code command}, {@code health}, {@code vault}.
 *
 * <p>Start reading at {@link io.holisticos.cache.redis.RedisLevel}.
 */
@NullMarked
package io.holisticos.cache.redis;

import org.jspecify.annotations.NullMarked;
