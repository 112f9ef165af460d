-- Forgets the members that changed, with their generations: who began to read before cannot keep it any more.
-- KEYS: term, count, members. ARGV: count seen, 1 when everybody changed.
for i = 3, #KEYS do
  redis.call('DEL', KEYS[i])
end
if ARGV[2] == '1' then
  redis.call('DEL', KEYS[1])
end
local counted = redis.pcall('INCR', KEYS[2])
if type(counted) == 'table' then -- no memory: a change that is not counted could be lost unnoticed
  redis.call('DEL', KEYS[1])
  return counted
end
return {counted, 'told'}
