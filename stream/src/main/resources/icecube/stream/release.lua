-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events solo
-- ARGV: group consumer nobody, then ids
-- Returns: the ids handed back
--
-- Because the holder changes, handing back twice takes nothing off twice.
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
    hand_back(events, solo, group, nobody, pending[1])
    released[#released + 1] = id
  end
end
return released
