-- SPDX-License-Identifier: Apache-2.0
-- Stands before every script body.
--
-- Two rules hold in all of them. A script that fails half way is NOT rolled back, so what only reads
-- and may refuse comes first, then XADD, then what cannot fail. And Lua numbers are doubles: what is
-- written back goes through whole(), or 10^15 would become the string 1e+15, which is no integer.

local function whole(number)
  return string.format('%.0f', number)
end

local function entry_id(sequence)
  return whole(sequence) .. '-0'
end

-- The highest sequence ever appended, also after its entry was deleted: the stream's own memory.
local function last_sequence(events)
  if redis.call('EXISTS', events) == 0 then
    return 0
  end
  local stream = redis.call('XINFO', 'STREAM', events)
  for i = 1, #stream, 2 do
    if stream[i] == 'last-generated-id' then
      return tonumber(string.match(stream[i + 1], '^(%d+)-'))
    end
  end
end

-- Creates the stream together with its group, so that one exists if and only if the other does.
local function ensure_stream(events, group)
  if redis.call('EXISTS', events) == 0 then
    redis.call('XGROUP', 'CREATE', events, group, '0', 'MKSTREAM')
  end
end

-- Redis 6.2 knows no allow-oom: at full memory it refuses a command that may grow it, but only as
-- the first write of a script. Deleting nothing is a write that it does not refuse.
local function allow_oom(hash)
  redis.call('HDEL', hash, 'no-such-field')
end

-- Adds to a count and to the two sums modulo 2^32 of a digest.
local function count(meta, what, events, first, second)
  redis.call('HINCRBY', meta, what, whole(events))
  local sums = redis.call('HMGET', meta, what .. '_digest1', what .. '_digest2')
  redis.call('HSET', meta,
    what .. '_digest1', whole((tonumber(sums[1] or '0') + first) % 4294967296),
    what .. '_digest2', whole((tonumber(sums[2] or '0') + second) % 4294967296))
end

-- Why a producer may not write, or nil if it may.
local function fenced(meta, epoch)
  local stored = redis.call('HGET', meta, 'epoch')
  if stored == epoch then
    return nil
  end
  if not stored or tonumber(stored) < tonumber(epoch) then
    return 'ROLLED_BACK'
  end
  return 'SUPERSEDED'
end
