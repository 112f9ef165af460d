-- Keeps an answer if nothing was told of the member since the ticket.
-- KEYS: term, count, member. ARGV: count seen, question, answer, the ticket's term and generation, for how long (ms), most answers.
if redis.call('GET', KEYS[1]) ~= ARGV[4] or redis.call('HGET', KEYS[3], 'generation') ~= ARGV[5] then
  return {count, 'overtaken'}
end
if redis.call('HLEN', KEYS[3]) > tonumber(ARGV[7]) then
  redis.call('DEL', KEYS[3])
  redis.call('HSET', KEYS[3], 'generation', ARGV[5])
end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[4] .. ARGV[3])
if redis.call('PTTL', KEYS[3]) < tonumber(ARGV[6]) then
  redis.call('PEXPIRE', KEYS[3], ARGV[6])
end
return {count, 'kept'}
