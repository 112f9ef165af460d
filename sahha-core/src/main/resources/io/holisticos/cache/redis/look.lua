-- The answer to a question, or what has to be the same when one comes to be kept.
-- KEYS: term, count, member. ARGV: count seen, question, a new generation, how long it lasts without an answer (ms).
local term = redis.call('GET', KEYS[1])
if not term then
  return {count, 'closed'}
end
local kept = redis.call('HGET', KEYS[3], ARGV[2])
if kept and string.sub(kept, 1, #term) == term then
  return {count, 'kept', string.sub(kept, #term + 1)}
end
local generation = redis.call('HGET', KEYS[3], 'generation')
if not generation then
  generation = ARGV[3]
  redis.call('HSET', KEYS[3], 'generation', generation)
  redis.call('PEXPIRE', KEYS[3], ARGV[4])
end
return {count, 'none', term, generation}
