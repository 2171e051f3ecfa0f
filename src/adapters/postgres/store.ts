import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import type { SqlPool } from '../../ports/queue.ts';
import type { Durability, Store } from '../../ports/store.ts';
import { storeError } from './errors.ts';

const pageSize = 100;

const Appended = z.object({ reply: z.enum(['appended', 'repeated', 'foreign', 'gap']) });
const Entry = z.object({ id: z.string(), value: z.string() });
const Item = z.object({ key: z.string(), version: z.string(), value: z.string() });
const Done = z.object({ done: z.boolean() });
const Now = z.object({ millis: z.coerce.number() });

/** `ready` is awaited before every statement: it makes the schema, and is tried again after it failed. */
export interface PostgresParts {
  readonly pool: SqlPool;
  readonly ready: () => Promise<void>;
  readonly durability: () => Promise<Durability>;
}

type Query = <T>(
  doing: string,
  shape: z.ZodType<T>,
  sql: string,
  params: readonly unknown[],
) => Promise<readonly T[]>;

/** The store in the schema `newleaf`: each operation is one statement, so it is atomic and needs no session of its own. */
export function postgresStore(parts: PostgresParts): Store {
  const query = querier(parts);
  return {
    ...streams(query),
    ...values(query),
    now: async () => {
      const sql = 'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS millis';
      const [row] = await query('read the store clock', Now, sql, []);
      return new Date(Math.floor(row?.millis ?? Number.NaN));
    },
    durability: async () => {
      try {
        return await parts.durability();
      } catch (error) {
        throw storeError('read durability', error);
      }
    },
  };
}

function querier({ pool, ready }: PostgresParts): Query {
  return async (doing, shape, sql, params) => {
    try {
      await ready();
      const { rows } = await pool.query<unknown>(sql, params);
      return z.array(shape).parse(rows);
    } catch (error) {
      throw storeError(doing, error);
    }
  };
}

function streams(query: Query): Pick<Store, 'append' | 'read' | 'trim'> {
  return {
    append: async (stream, { id, value }, after) => {
      const sql = 'SELECT newleaf.append_entry($1, $2, $3, $4) AS reply';
      const [row] = await query(`append to ${stream}`, Appended, sql, [stream, after, id, value]);
      if (row?.reply === 'appended' || row?.reply === 'repeated') return;
      const why =
        row?.reply === 'gap' ? 'entries before it are missing' : 'another writer was first';
      throw new NewleafError('store.conflict', `append to ${stream}: ${why}`, {
        fields: { stream, after },
      });
    },
    read: (stream, from) =>
      query(
        `read ${stream}`,
        Entry,
        'SELECT id, value FROM newleaf.entry WHERE stream = $1 AND position >= $2 ORDER BY position',
        [stream, from],
      ),
    trim: async (stream) => {
      await query(`trim ${stream}`, z.unknown(), 'SELECT newleaf.trim_stream($1)', [stream]);
    },
  };
}

const insertSql = `
  INSERT INTO newleaf.item (key, version, value) VALUES ($1, $2, $3)
  ON CONFLICT (key) DO NOTHING RETURNING true AS done`;
const updateSql = `
  UPDATE newleaf.item SET version = $2, value = $3 WHERE key = $1 AND version = $4 RETURNING true AS done`;
// The second half sees the table as it was before the deletion.
const deleteSql = `
  WITH gone AS (DELETE FROM newleaf.item WHERE key = $1 AND version = $2 RETURNING true)
  SELECT EXISTS (SELECT FROM gone) OR NOT EXISTS (SELECT FROM newleaf.item WHERE key = $1) AS done`;
const listSql = `
  SELECT key, version, value FROM newleaf.item
  WHERE key >= $1 AND starts_with(key, $1) AND ($2::text IS NULL OR key > $2) ORDER BY key LIMIT $3`;

function values(query: Query): Pick<Store, 'get' | 'put' | 'delete' | 'list'> {
  return {
    get: async (key) => {
      const sql = 'SELECT key, version, value FROM newleaf.item WHERE key = $1';
      const [row] = await query(`get ${key}`, Item, sql, [key]);
      return row ?? null;
    },
    put: async (key, value, version) => {
      const next = randomUUID();
      const rows =
        version === null
          ? await query(`put ${key}`, Done, insertSql, [key, next, value])
          : await query(`put ${key}`, Done, updateSql, [key, next, value, version]);
      return rows.length === 0 ? null : next;
    },
    delete: async (key, version) => {
      const [row] = await query(`delete ${key}`, Done, deleteSql, [key, version]);
      return row?.done === true;
    },
    // Pages end by key, not by count: a key that exists all the while is on exactly one of them.
    list: async (prefix, cursor) => {
      const page = await query(`list ${prefix}`, Item, listSql, [prefix, cursor, pageSize]);
      return { page, next: page.length < pageSize ? null : (page.at(-1)?.key ?? null) };
    },
  };
}
