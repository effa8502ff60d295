/**
 * What is done at a Redis server, as one script in Redis's Lua, which runs alone: nobody sees half of it.
 *
 * A bucket has five keys, all in one slot of a cluster: `value` and `meta` (hashes: a value; its version and when it
 * expires), `name` (a sorted set, all of one score, for the order of the keys), `expiry` (a sorted set by time) and `count`
 * (a hash: bytes, and the last version). Redis's own expiry is not used: an entry that goes by itself would not be
 * uncounted, and servers that run out of memory are told to throw away such keys first.
 *
 * A version is the server's time in microseconds, or one more than the bucket's last one if that is more. So it is new also
 * where the last one has been forgotten: by a server that lost its last second, or a bucket that was deleted by hand.
 *
 * Numbers of this Lua are doubles: counters, which have 64 bits, are counted by `HINCRBY`, and versions stay below 2^53
 * until the year 2255.
 *
 * @module
 */

/** Names of a bucket's keys, in the order in which the script takes them. */
export const PARTS = ["value", "meta", "name", "expiry", "count"] as const;

/**
 * The script. `ARGV[1]` says what to do; the answer's first element says what came of it. Entries that have expired are
 * removed by whatever writes: a few at a time, and all of them where a bucket would be full.
 */
export const SCRIPT = `
local VALUE, META, NAME, EXPIRY, COUNT = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)

local function numeral(n) return string.format('%.0f', n) end

-- Version and time of expiry of an entry that has not expired.
local function live(key)
  local meta = redis.call('HGET', META, key)
  if not meta then return nil end
  local version, expires = string.match(meta, '^(%d+) (%d+)$')
  if expires ~= '0' and tonumber(expires) <= now then return nil end
  return version, expires
end

local function size(key)
  if redis.call('HEXISTS', VALUE, key) == 0 then return 0 end
  return #key + redis.call('HSTRLEN', VALUE, key)
end

local function drop(key)
  local bytes = size(key)
  if bytes == 0 then return end
  redis.call('HINCRBY', COUNT, 'bytes', '-' .. numeral(bytes))
  redis.call('HDEL', VALUE, key)
  redis.call('HDEL', META, key)
  redis.call('ZREM', NAME, key)
  redis.call('ZREM', EXPIRY, key)
end

local function collect(most)
  local keys = redis.call('ZRANGEBYSCORE', EXPIRY, '-inf', now, 'LIMIT', 0, most)
  for _, key in ipairs(keys) do drop(key) end
  return #keys
end

-- Which bound a bucket would be over that grows by so much.
local function over(entries, bytes, limits)
  local function test()
    if entries > 0 and redis.call('HLEN', VALUE) + entries > tonumber(limits.entries) then return 'bucketEntries' end
    local has = tonumber(redis.call('HGET', COUNT, 'bytes') or 0)
    if bytes > 0 and has + bytes > tonumber(limits.bytes) then return 'bucketBytes' end
    return nil
  end
  return test() and collect(10000) >= 0 and test()
end

local function stamp(key, expires)
  local version = numeral(math.max(micros, tonumber(redis.call('HGET', COUNT, 'version') or 0) + 1))
  redis.call('HSET', COUNT, 'version', version)
  redis.call('HSET', META, key, version .. ' ' .. expires)
  redis.call('ZADD', NAME, 0, key)
  if expires == '0' then redis.call('ZREM', EXPIRY, key) else redis.call('ZADD', EXPIRY, expires, key) end
  return version
end

local ops = {}

function ops.get(key)
  local version = live(key)
  if not version then return { 'none' } end
  return { 'entry', version, redis.call('HGET', VALUE, key) }
end

function ops.put(key, expected, value, ttl, entries, bytes)
  collect(20)
  local version = live(key)
  if expected ~= '' and expected ~= (version or 'absent') then return ops.get(key) end
  if not version then drop(key) end
  local growth = #key + #value - size(key)
  local full = over(version and 0 or 1, growth, { entries = entries, bytes = bytes })
  if full then return { 'full', full } end
  redis.call('HSET', VALUE, key, value)
  redis.call('HINCRBY', COUNT, 'bytes', growth)
  return { 'done', stamp(key, ttl == '' and '0' or numeral(now + tonumber(ttl))) }
end

function ops.delete(key, expected)
  collect(20)
  local version = live(key)
  if not version or (expected ~= '' and expected ~= version) then return { 'none' } end
  drop(key)
  return { 'done' }
end

function ops.add(key, delta, entries, bytes)
  collect(20)
  local version, expires = live(key)
  if not version then drop(key) end
  local before = size(key)
  local old = redis.call('HGET', VALUE, key)
  if not version then
    local full = over(1, 0, { entries = entries, bytes = bytes })
    if full then return { 'full', full } end
  end
  local added = redis.pcall('HINCRBY', VALUE, key, delta)
  if type(added) == 'table' and added.err then
    if string.find(added.err, 'overflow', 1, true) then return { 'range' } end
    return { 'nan' }
  end
  local growth = size(key) - before
  local full = over(0, growth, { entries = entries, bytes = bytes })
  if full then
    if old then redis.call('HSET', VALUE, key, old) else redis.call('HDEL', VALUE, key) end
    return { 'full', full }
  end
  redis.call('HINCRBY', COUNT, 'bytes', growth)
  stamp(key, expires or '0')
  return { 'done', redis.call('HGET', VALUE, key) }
end

function ops.keys(first, last, limit)
  local found = { 'keys' }
  limit = tonumber(limit)
  while #found <= limit do
    local some = redis.call('ZRANGEBYLEX', NAME, first, last, 'LIMIT', 0, limit)
    for _, key in ipairs(some) do
      if #found <= limit and live(key) then table.insert(found, key) end
    end
    if #some < limit then break end
    first = '(' .. some[#some]
  end
  return found
end

function ops.collect(most)
  return { 'collected', collect(tonumber(most)) }
end

return ops[ARGV[1]](unpack(ARGV, 2))
`;
