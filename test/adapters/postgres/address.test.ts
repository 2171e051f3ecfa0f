import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress } from '../../../src/adapters/postgres/address.ts';

test('an address says where, who and to which database, with what is escaped in it', () => {
  assert.deepEqual(readAddress('postgresql://u%40x:p%2Fw@[::1]:5433/my%20db'), {
    host: '::1',
    port: 5433,
    user: 'u@x',
    password: 'p/w',
    database: 'my db',
    ssl: false,
  });
  assert.deepEqual(readAddress('postgres://db'), {
    host: 'db',
    port: 5432,
    user: undefined,
    password: undefined,
    database: undefined,
    ssl: false,
  });
});

test('TLS is asked for as libpq has it: encrypted only, or with the server checked', () => {
  assert.deepEqual(readAddress('postgres://db/x?sslmode=require').ssl, {
    rejectUnauthorized: false,
  });
  assert.deepEqual(readAddress('postgres://db/x?sslmode=verify-full').ssl, {});
  assert.equal(readAddress('postgres://db/x?sslmode=disable').ssl, false);
});

const wrong: Readonly<Record<string, readonly [string, RegExp]>> = {
  'what is no URL': ['hunter2', /must look like postgres:\/\/host\/database/],
  'another protocol': ['mysql://hunter2@db', /must look like/],
  'no host': ['postgres:///hunter2', /must look like/],
  'a parameter that would overrule our own settings': [
    'postgres://db/x?options=-c%20synchronous_commit=off&hunter2=1',
    /has a parameter that is not one of sslmode, sslrootcert, sslcert, sslkey/,
  ],
  'a mode that may fall back to plain text': [
    'postgres://u:hunter2@db/x?sslmode=prefer',
    /sslmode must be one of disable, require, verify-ca, verify-full/,
  ],
  'verify-ca without a CA of its own': [
    'postgres://u:hunter2@db/x?sslmode=verify-ca',
    /sslmode=verify-ca needs sslrootcert/,
  ],
  'a CA that would not be used': [
    `postgres://db/x?sslrootcert=${import.meta.filename}`,
    /names TLS files, but sslmode is disable/,
  ],
  'a relative path': [
    'postgres://db/x?sslmode=verify-full&sslrootcert=hunter2.pem',
    /sslrootcert must be an absolute path/,
  ],
  'a file that is not there': [
    'postgres://db/x?sslmode=verify-full&sslkey=/none/hunter2.pem',
    /sslkey cannot be read \(ENOENT\)/,
  ],
};

for (const [what, [url, message]] of Object.entries(wrong)) {
  test(`${what} is refused without showing any of it`, () => {
    const refusal = { code: 'config.invalid', message };

    assert.throws(() => readAddress(url), refusal);
    assert.throws(() => readAddress(url), { message: /^(?!.*hunter2)/ });
  });
}
