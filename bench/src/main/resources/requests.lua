-- Sends the requests of a file in the order of another one, and then again.
-- Of a request each line has, parted by tabs: method, path, headers (parted by \31) and body.

local requests = {}
local order = {}
local at = 0

function init(args)
   for line in io.lines(args[1]) do
      local method, path, all, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
      local headers = { Host = wrk.headers["Host"] }
      for name, value in all:gmatch("([^\31:]+): ([^\31]*)") do
         headers[name] = value
      end
      if body == "" then
         body = nil
      end
      requests[#requests + 1] = wrk.format(method, path, headers, body)
   end
   for line in io.lines(args[2]) do
      order[#order + 1] = tonumber(line)
   end
end

function request()
   at = at % #order + 1
   return requests[order[at]]
end

function done(summary, latency)
   local errors = summary.errors
   print(string.format('RESULT {"requests": %d, "microseconds": %d, "bytes": %d, "errors": %d}',
      summary.requests, summary.duration, summary.bytes,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
