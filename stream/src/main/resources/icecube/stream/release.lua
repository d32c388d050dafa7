-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events solo
-- ARGV: group consumer nobody, then ids
-- Returns: the ids handed back
--
-- The entry goes to a name that nobody uses, idle since 1970, so that the next claim of any lease
-- takes it. The delivery that ends here is taken off both counts. Because the holder changes,
-- handing back twice takes nothing off twice.
local events, solo = KEYS[1], KEYS[2]
local group, consumer, nobody = ARGV[1], ARGV[2], ARGV[3]
local released = {}
if redis.call('EXISTS', events) == 0 then
  return released
end
allow_oom(solo)
for i = 4, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', events, group, id, id, 1)
  if #pending > 0 and pending[1][2] == consumer then
    local deliveries = whole(math.max(pending[1][4] - 1, 0))
    redis.call('XCLAIM', events, group, nobody, '0', id,
      'TIME', '0', 'RETRYCOUNT', deliveries, 'JUSTID')
    if tonumber(redis.call('HGET', solo, id) or '0') > 0 then
      redis.call('HINCRBY', solo, id, -1)
    end
    released[#released + 1] = id
  end
end
return released
