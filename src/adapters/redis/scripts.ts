/**
 * Adds an entry to a list. An element is its id, a line feed and its value.
 * KEYS: list. ARGV: entries before it, id, value. Answers `appended`, `repeated`, `foreign` or `gap`.
 */
export const appendScript = `
local length = redis.call('LLEN', KEYS[1])
local after = tonumber(ARGV[1])
if length == after then
  redis.call('RPUSH', KEYS[1], ARGV[2] .. '\\n' .. ARGV[3])
  return 'appended'
end
if length < after then return 'gap' end
local there = redis.call('LINDEX', KEYS[1], after)
if string.sub(there, 1, #ARGV[2] + 1) == ARGV[2] .. '\\n' then return 'repeated' end
return 'foreign'
`;

/** Length of a version: what stands before the value in the text of a key. */
export const versionLength = 32;

/**
 * Compare and set. KEYS: the key, the index of all names. ARGV: expected version or '', next version, value, name.
 * Answers 1 when written.
 */
export const putScript = `
local current = redis.call('GETRANGE', KEYS[1], 0, ${versionLength - 1})
if current ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2] .. ARGV[3])
redis.call('ZADD', KEYS[2], 0, ARGV[4])
return 1
`;

/** KEYS: the key, the index. ARGV: expected version, name. Answers 1 when the key is absent afterwards. */
export const deleteScript = `
local current = redis.call('GETRANGE', KEYS[1], 0, ${versionLength - 1})
if current == '' then return 1 end
if current ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[2])
return 1
`;

/**
 * One page of names in byte order with their texts, at most ARGV[4] names and about ARGV[5] bytes. A name that exists all the
 * while is on exactly one page, whatever else comes and goes.
 * KEYS: the index. ARGV: what stands before a name in its key, lowest and highest name in ZRANGEBYLEX terms, names, bytes.
 * Answers the last name looked at ('' at the end), then name and text in turns.
 */
export const listScript = `
local names = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])
local answer = {''}
local bytes = 0
for at, name in ipairs(names) do
  local text = redis.call('GET', ARGV[1] .. name)
  if text then
    answer[#answer + 1] = name
    answer[#answer + 1] = text
    bytes = bytes + #text
  end
  if at == tonumber(ARGV[4]) or bytes >= tonumber(ARGV[5]) then
    answer[1] = name
    break
  end
end
return answer
`;
