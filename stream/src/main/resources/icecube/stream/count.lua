-- SPDX-License-Identifier: Apache-2.0
-- KEYS: stream
-- ARGV: id after which to count, id up to which, count_max
-- Returns: entries counted, the last of them
local entries = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], ARGV[2], 'COUNT', ARGV[3])
local last = entries[#entries]
return {#entries, last and last[1] or ARGV[1]}
