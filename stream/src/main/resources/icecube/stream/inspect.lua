-- SPDX-License-Identifier: Apache-2.0
-- KEYS: events predictions dead
-- ARGV: the group of events, pending entries looked at per group
-- Returns: memory used and allowed (-1 if this user may not see it), then for each stream:
--          entries, last id, age of the oldest in ms (-1 if none), groups;
--          of each: name, last delivered id, pending, lag (-1 if Redis does not know it),
--          idle ms of the pending entry that is idle longest (-1 if none), most deliveries,
--          consumers; of each: name, pending, idle ms
-- Completed entries are deleted, so what stands in events is pending or not yet delivered. Redis
-- 6.2 tells no lag, and 7.0 none once the last entry delivered was completed before an earlier one.
local function lag(stream, length, group)
  if stream == KEYS[1] and group['name'] == ARGV[1] then
    return math.max(length - group['pending'], 0)
  end
  return group['lag'] or -1
end

local function groups(stream, length)
  local all = {}
  for _, each in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = fields(each)
    local idle, deliveries = -1, 0
    local pending = redis.call('XPENDING', stream, group['name'], '-', '+', ARGV[2])
    for _, entry in ipairs(pending) do
      idle = math.max(idle, entry[3])
      deliveries = math.max(deliveries, entry[4])
    end
    local consumers = {}
    for _, one in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group['name'])) do
      local consumer = fields(one)
      consumers[#consumers + 1] = {consumer['name'], consumer['pending'], consumer['idle']}
    end
    all[#all + 1] = {group['name'], group['last-delivered-id'], group['pending'],
      lag(stream, length, group), idle, deliveries, consumers}
  end
  return all
end

local function look(stream)
  local info = stream_info(stream)
  if not info then
    return {0, '0-0', -1, {}}
  end
  local length = info['length']
  return {length, info['last-generated-id'], age(info), groups(stream, length)}
end

local used, max = memory()
return {used, max, look(KEYS[1]), look(KEYS[2]), look(KEYS[3])}
