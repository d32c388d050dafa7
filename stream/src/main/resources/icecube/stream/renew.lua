-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events
-- ARGV: group consumer, then ids
-- Returns: the ids still held
--
-- XCLAIM alone would steal; the look at the holder before it makes it a renewal. JUSTID leaves the
-- delivery count as it is.
local events, group, consumer = KEYS[1], ARGV[1], ARGV[2]
local held = {}
if redis.call('EXISTS', events) == 0 then
  return held
end
for i = 3, #ARGV do
  local id = ARGV[i]
  local pending = redis.call('XPENDING', events, group, id, id, 1)
  if #pending > 0 and pending[1][2] == consumer then
    redis.call('XCLAIM', events, group, consumer, '0', id, 'JUSTID')
    held[#held + 1] = id
  end
end
return held
