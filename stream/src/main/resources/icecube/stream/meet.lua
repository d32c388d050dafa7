-- SPDX-License-Identifier: Apache-2.0
-- KEYS: consumers
-- ARGV: name lease_ms
-- Returns: the names whose lease has not ended
--
-- Forgetting the absent comes first: a write that 6.2 does not refuse at full memory, so that the
-- next is not refused either.
local now = tonumber(now_ms())
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', whole(now))
redis.call('ZADD', KEYS[1], whole(now + tonumber(ARGV[2])), ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
