-- A replica that hears of all changes says so, and learns who else wants to begin.
-- KEYS: term, count, newcomers. ARGV: count seen, a new term, how long a term lasts (ms), 1 when the replica attends already,
-- its name while it does not, how long names last (ms), and the names of those who may begin.
local attends = ARGV[4] == '1'
if redis.call('EXISTS', KEYS[1]) == 0 then -- nobody attended for so long that nothing of then can be believed
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  attends = true
end
if attends then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  for i = 7, #ARGV do
    redis.call('HSET', KEYS[3], ARGV[i], 'heard')
  end
elseif redis.call('HSETNX', KEYS[3], ARGV[5], 'new') == 0 then
  attends = redis.call('HGET', KEYS[3], ARGV[5]) == 'heard'
end
redis.call('PEXPIRE', KEYS[3], ARGV[6])
local answer = {count, attends and 'attends' or 'waits'}
local names = redis.call('HGETALL', KEYS[3])
for i = 1, #names, 2 do
  if names[i + 1] == 'new' and #answer < 100 then
    answer[#answer + 1] = names[i]
  end
end
return answer
