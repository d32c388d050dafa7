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

-- Names and values, as Redis lists them, as a table.
local function fields(list)
  local of = {}
  for i = 1, #list, 2 do
    of[list[i]] = list[i + 1]
  end
  return of
end

-- Sequence and part of an id.
local function numbers(id)
  local sequence, part = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(sequence), tonumber(part)
end

-- What the server knows of a stream; nil if there is none.
local function stream_info(stream)
  if redis.call('EXISTS', stream) == 1 then
    return fields(redis.call('XINFO', 'STREAM', stream))
  end
end

-- The highest id ever given, also after its entry was deleted: the stream's own memory.
local function last_id(events)
  local info = stream_info(events)
  if not info then
    return 0, 0
  end
  return numbers(info['last-generated-id'])
end

-- The highest sequence a producer has appended; parts made inside the log do not move it.
local function last_sequence(events)
  local sequence = last_id(events)
  return sequence
end

-- The server's clock in milliseconds, as text.
local function now_ms()
  local time = redis.call('TIME')
  return whole(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
end

-- How long ago the oldest entry was written, in ms; -1 if there is none. An entry of events says so
-- in its field t; the ids of the others are times.
local function age(info)
  local first = info and info['first-entry']
  if not first then
    return -1
  end
  local at = fields(first[2])['t'] or string.match(first[1], '^(%d+)-')
  return math.max(tonumber(now_ms()) - tonumber(at), 0)
end

-- Memory that this server uses, and may use, in bytes; -1 if this user may not see it.
local function memory()
  local info = redis.pcall('INFO', 'memory')
  local text = type(info) == 'string' and info or ''
  return tonumber(string.match(text, 'used_memory:(%d+)') or '-1'),
    tonumber(string.match(text, 'maxmemory:(%d+)') or '-1')
end

-- Appends one entry of events; z stands only beside packed payloads, traceparent only where there is one.
local function add_entry(events, id, at_ms, payload, event_count, digest1, digest2, packed, traceparent)
  local names = {'d', payload, 'n', event_count, 'a', digest1, 'b', digest2, 't', at_ms}
  if packed == '1' then
    names[#names + 1] = 'z'
    names[#names + 1] = '1'
  end
  if traceparent and traceparent ~= '' then
    names[#names + 1] = 'traceparent'
    names[#names + 1] = traceparent
  end
  redis.call('XADD', events, id, unpack(names))
end

-- Appends entries made inside the log as further parts of the last sequence, so that the
-- producer's high-water mark stays where it is. From ARGV[from]: payload event_count digest1
-- digest2 packed for each; all of them go on in one trace.
local function add_parts(events, at_ms, traceparent, arguments, from)
  local sequence, part = last_id(events)
  for at = from, #arguments - 4, 5 do
    part = part + 1
    add_entry(events, whole(sequence) .. '-' .. whole(part), at_ms,
      arguments[at], arguments[at + 1], arguments[at + 2], arguments[at + 3], arguments[at + 4],
      traceparent)
  end
end

-- Publishes events to predictions or dead letters, with their digest for whoever removes them.
local function publish(stream, source, consumer, event_count, digest1, digest2, payload)
  redis.call('XADD', stream, '*', 's', source, 'c', consumer, 'n', event_count,
    'a', digest1, 'b', digest2, 'd', payload)
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

-- Gives an entry that is pending, as XPENDING tells it, to a name that nobody uses, idle since 1970,
-- so that the next claim of any lease takes it. The delivery that ends here is taken off both counts.
local function hand_back(events, solo, group, nobody, pending)
  local id = pending[1]
  redis.call('XCLAIM', events, group, nobody, '0', id,
    'TIME', '0', 'RETRYCOUNT', whole(math.max(pending[4] - 1, 0)), 'JUSTID')
  if tonumber(redis.call('HGET', solo, id) or '0') > 0 then
    redis.call('HINCRBY', solo, id, -1)
  end
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
