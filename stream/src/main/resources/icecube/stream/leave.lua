-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events solo
-- ARGV: group consumer nobody abandoned_ms
-- Returns: the ids handed back
--
-- Removing a name that holds entries would lose them (nobody could claim them again), so what this
-- consumer holds is handed back first. Names that hold nothing and that nobody has used for
-- abandoned_ms go too. Nobody hands nothing back: it would get it again, for ever.
local events, solo = KEYS[1], KEYS[2]
local group, consumer, nobody = ARGV[1], ARGV[2], ARGV[3]
local released = {}
if redis.call('EXISTS', events) == 0 then
  return released
end
allow_oom(solo)
local held = redis.call('XPENDING', events, group, '-', '+', 64, consumer)
while #held > 0 and consumer ~= nobody do
  for _, pending in ipairs(held) do
    hand_back(events, solo, group, nobody, pending)
    released[#released + 1] = pending[1]
  end
  held = redis.call('XPENDING', events, group, '-', '+', 64, consumer)
end
for _, each in ipairs(redis.call('XINFO', 'CONSUMERS', events, group)) do
  local of = fields(each)
  local leaves = of['name'] == consumer or of['idle'] > tonumber(ARGV[4])
  if leaves and of['pending'] == 0 then
    redis.call('XGROUP', 'DELCONSUMER', events, group, of['name'])
  end
end
return released
