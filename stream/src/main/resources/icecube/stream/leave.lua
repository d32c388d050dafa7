-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events
-- ARGV: group consumer abandoned_ms
-- Returns: the names removed
--
-- Removing a name that holds entries would lose them (nobody could claim them again), so only names
-- that hold none go: this consumer's, and those nobody has used for abandoned_ms.
local events, group = KEYS[1], ARGV[1]
local gone = {}
if redis.call('EXISTS', events) == 0 then
  return gone
end
for _, each in ipairs(redis.call('XINFO', 'CONSUMERS', events, group)) do
  local of = fields(each)
  local leaves = of['name'] == ARGV[2] or of['idle'] > tonumber(ARGV[3])
  if leaves and of['pending'] == 0 then
    redis.call('XGROUP', 'DELCONSUMER', events, group, of['name'])
    gone[#gone + 1] = of['name']
  end
end
return gone
