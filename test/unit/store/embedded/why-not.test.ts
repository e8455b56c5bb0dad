import { expect, it } from "vitest";
import { whyNot } from "../../../../src/store/embedded/why-not.ts";

it.each([
  ['FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device', /disk that holds \/f is full/],
  ["initdb: error: could not create directory: Read-only file system", /read-only file system/],
  ['FATAL:  data directory "/f" has wrong ownership', /chown/],
  ["ENOENT", /\/f cannot be made; is there a disk/],
  ["ENOTDIR", /\/f is not a folder/],
  ["EACCES", /this user may not use \/f/],
  ["postgres: error while loading shared libraries: libicuuc.so.60", /npm ci/],
  ["FATAL:  could not map anonymous shared memory: Cannot allocate memory", /not enough memory/],
  ['FATAL:  lock file "postmaster.pid" already exists', /another PostgreSQL works on \/f/],
  ["PANIC:  could not locate a valid checkpoint record", /damaged; restore it/],
  ["something never seen before", /last words are below; DATABASE_URL/],
])("%s", (said, advice) => {
  expect(whyNot(said, "/f")).toMatch(/^the embedded PostgreSQL cannot start: /);
  expect(whyNot(said, "/f")).toMatch(advice);
});
