-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events solo
-- ARGV: group consumer lease_ms count_max suspect_at lone_deliveries_max lone(0|1)
-- Returns: kind, entries that wait to be handed out alone, entries
--
-- XAUTOCLAIM is not used: Redis 6.2 answers it with nil for deleted entries and keeps them pending,
-- and it counts a delivery for entries that are never looked at. Of 100 idle entries looked at per
-- call, those delivered suspect_at times are set apart; each is handed out alone, and the lone
-- deliveries are counted, so that an innocent neighbour of a process-killer is never blamed. A part
-- made inside the log is suspected from its second delivery on: it may be a piece of a process-killer.
local events, solo = KEYS[1], KEYS[2]
local group, consumer, lease_ms = ARGV[1], ARGV[2], ARGV[3]
local count_max, suspect_at, lone_max = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('EXISTS', events) == 0 then
  return {'ORDINARY', 0, {}}
end

-- An entry whose body is gone is acknowledged and left out; the account shows it as missing. That
-- it was idle for the lease is known: asked again, a clock set back meanwhile would say no, and an
-- entry that is there would be taken for one that is gone.
local function take(ids)
  if #ids == 0 then
    return {}
  end
  local taken, there = {}, {}
  for _, entry in ipairs(ids) do
    for _, claimed in ipairs(redis.call('XCLAIM', events, group, consumer, '0', entry)) do
      if claimed and claimed[2] then
        taken[#taken + 1] = claimed
        there[entry] = true
      end
    end
    if not there[entry] then
      redis.call('XACK', events, group, entry)
    end
  end
  return taken
end

local ordinary, suspects = {}, {}
for _, pending in ipairs(redis.call('XPENDING', events, group, 'IDLE', lease_ms, '-', '+', 100)) do
  local _, part = numbers(pending[1])
  if pending[4] >= (part > 0 and math.min(2, suspect_at) or suspect_at) then
    suspects[#suspects + 1] = pending[1]
  elseif #ordinary < count_max then
    ordinary[#ordinary + 1] = pending[1]
  end
end
if ARGV[7] == '1' and #suspects > 0 then
  local taken = take({suspects[1]})
  if #taken == 0 then
    return {'ORDINARY', #suspects, {}}
  end
  local deliveries = redis.call('HINCRBY', solo, suspects[1], 1)
  return {deliveries > lone_max and 'DEAD' or 'LONE', #suspects, taken}
end
return {'ORDINARY', #suspects, take(ordinary)}
