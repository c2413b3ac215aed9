/** Lua of the revocations in Redis. */

const PREFIX = 'livekit-token-service:revocations:';

/** A sorted set of the scopes by the number of their last change. */
export const CHANGES = `${PREFIX}changes`;

/**
 * The number of the last change; the entries by scope (a hash of JSON); the changes; when each scope may be forgotten (a sorted set); the
 * first number, which tells one set of data from another.
 */
export const KEYS = [`${PREFIX}last`, `${PREFIX}entries`, CHANGES, `${PREFIX}expiry`, `${PREFIX}origin`];

/** Revocations that are read or written at a time. */
export const AT_ONCE = 500;

/** Tells other processes that there are changes to read. */
export const CHANNEL = `${PREFIX}changed`;

/**
 * ARGV: the last number and the origin that the process knows, then three for each change: the scope; the revocation as JSON, or nothing to
 * lift its ban; when it may be forgotten. Returns up to which number the process knows all with this reply, the origin, the numbers of the
 * changes, entries that it does not know, in their order, and whether there are more.
 *
 * The first number is the time in seconds, since a Redis that has lost its data must not begin below the numbers that processes and
 * admissions still have.
 */
export const EXCHANGE = `
local now = tonumber(redis.call('TIME')[1])
local known = tonumber(ARGV[1])
local text = function(number) return string.format('%.0f', number) end
local last = tonumber(redis.call('GET', KEYS[1]) or '0')
if last == 0 then
  last = math.max(now, math.floor(known) + 1)
  redis.call('SET', KEYS[1], text(last))
  redis.call('SET', KEYS[5], text(last))
end
for _, scope in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now * 1000, 'LIMIT', 0, 100)) do
  redis.call('HDEL', KEYS[2], scope)
  redis.call('ZREM', KEYS[3], scope)
  redis.call('ZREM', KEYS[4], scope)
end
local numbers = {}
for i = 3, #ARGV, 3 do
  local scope, json, keep = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local found = redis.call('HGET', KEYS[2], scope)
  local before = found and cjson.decode(found) or {}
  last = last + 1
  local entry
  if json ~= '' then
    entry = cjson.decode(json)
    entry['revision'] = last
    entry['until'] = entry['until'] or before['until']
    local issued = math.max(entry['tokensIssuedUntil'] or 0, before['tokensIssuedUntil'] or 0)
    if issued > 0 then entry['tokensIssuedUntil'] = issued end
  elseif found then
    entry = before
    entry['until'] = nil
  end
  if entry then
    redis.call('HSET', KEYS[2], scope, cjson.encode(entry))
    redis.call('ZADD', KEYS[3], text(last), scope)
    local kept = tonumber(redis.call('ZSCORE', KEYS[4], scope) or '0')
    redis.call('ZADD', KEYS[4], text(math.max(kept, keep)), scope)
  end
  table.insert(numbers, text(last))
end
local origin = redis.call('GET', KEYS[5])
if #numbers > 0 then
  redis.call('SET', KEYS[1], text(last))
  redis.call('PUBLISH', '${CHANNEL}', origin)
end
local from = origin == ARGV[2] and '(' .. ARGV[1] or '-inf'
local scopes = redis.call('ZRANGEBYSCORE', KEYS[3], from, '+inf', 'LIMIT', 0, ${AT_ONCE})
local position
if #scopes == ${AT_ONCE} then
  -- With all that have the same number.
  position = redis.call('ZSCORE', KEYS[3], scopes[#scopes])
  scopes = redis.call('ZRANGEBYSCORE', KEYS[3], from, position)
end
local entries = {}
for i = 1, #scopes, 500 do
  for _, json in ipairs(redis.call('HMGET', KEYS[2], unpack(scopes, i, math.min(i + 499, #scopes)))) do
    if json then table.insert(entries, json) end
  end
end
return {position or text(last), origin, numbers, entries, position and 1 or 0}`;

/** Writes what a Redis without data does not know. ARGV: three for each revocation: scope, JSON with its number, when it may be forgotten. */
export const RESTORE = `
for i = 1, #ARGV, 3 do
  local revision = cjson.decode(ARGV[i + 1])['revision']
  if redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) == 1 then
    redis.call('ZADD', KEYS[3], string.format('%.6f', revision), ARGV[i])
    redis.call('ZADD', KEYS[4], ARGV[i + 2], ARGV[i])
  end
end
redis.call('PUBLISH', '${CHANNEL}', 'restored')
return 1`;
