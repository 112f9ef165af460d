-- Before every script. A replica has seen a higher count than there is, so Redis lost changes that it was told of (it was
-- restarted from an older copy, or another server took over): what it holds may be out of date, all of it.
local count = tonumber(redis.call('GET', KEYS[2]) or '0')
local seen = tonumber(ARGV[1])
if count < seen then
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[2], seen + 1)
  return {seen + 1, 'lost'}
end
