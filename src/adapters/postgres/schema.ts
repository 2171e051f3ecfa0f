import type { SqlPool } from '../../ports/queue.ts';

/** Changes of the schema in order; a database is at the number of those it has seen. Append only. */
const migrations: readonly string[] = [
  `
  CREATE TABLE newleaf.entry (
    stream text COLLATE "C" NOT NULL,
    position integer NOT NULL,
    id text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (stream, position)
  );

  CREATE TABLE newleaf.item (
    key text COLLATE "C" PRIMARY KEY,
    version text NOT NULL,
    value text NOT NULL
  );

  -- One at a time per stream: the lock is what makes "after the last entry" mean something under READ COMMITTED.
  CREATE FUNCTION newleaf.append_entry(in_stream text, in_after integer, in_id text, in_value text)
  RETURNS text LANGUAGE plpgsql AS $$
  DECLARE
    entries integer;
    there text;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('newleaf/' || in_stream, 0));
    SELECT count(*) INTO entries FROM newleaf.entry WHERE stream = in_stream;
    IF entries < in_after THEN RETURN 'gap'; END IF;
    IF entries > in_after THEN
      SELECT id INTO there FROM newleaf.entry WHERE stream = in_stream AND position = in_after;
      RETURN CASE WHEN there = in_id THEN 'repeated' ELSE 'foreign' END;
    END IF;
    INSERT INTO newleaf.entry VALUES (in_stream, in_after, in_id, in_value);
    RETURN 'appended';
  END $$;

  CREATE FUNCTION newleaf.trim_stream(in_stream text)
  RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('newleaf/' || in_stream, 0));
    DELETE FROM newleaf.entry WHERE stream = in_stream;
  END $$;
  `,
];

/** Replicas that start together take turns; the number only has to be the same in all of them. */
const migrationLock = 0x6e65776c;

/** Brings the schema `newleaf` up to date, in one transaction. Idempotent; several replicas may do it at once. */
export async function migrate(pool: SqlPool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await client.query('CREATE SCHEMA IF NOT EXISTS newleaf');
    await client.query(
      'CREATE TABLE IF NOT EXISTS newleaf.migration (number integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query<{ number: number }>('SELECT number FROM newleaf.migration');
    const seen = new Set(rows.map(({ number }) => number));
    for (const [index, sql] of migrations.entries()) {
      if (seen.has(index + 1)) continue;
      await client.query(sql);
      await client.query('INSERT INTO newleaf.migration (number) VALUES ($1)', [index + 1]);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
