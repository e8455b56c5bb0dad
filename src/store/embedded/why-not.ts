/** What to do about a PostgreSQL that would not start, told from what it said. */

interface Reason {
  readonly sign: RegExp;
  readonly advice: (folder: string) => string;
}

const REASONS: readonly Reason[] = [
  {
    sign: /No space left on device|ENOSPC/,
    advice: (folder) => `the disk that holds ${folder} is full; free some space and start again`,
  },
  {
    sign: /Read-only file system|EROFS/,
    advice: (folder) => `${folder} lies on a read-only file system; choose another folder`,
  },
  {
    sign: /Permission denied|EACCES|EPERM|has wrong ownership|invalid permissions/,
    advice: (folder) => `this user may not use ${folder}; give it the folder (chown), or choose another one`,
  },
  {
    // What Node says of a read-only file system when it is asked for a folder and its parents.
    sign: /^ENOENT$/,
    advice: (folder) => `${folder} cannot be made; is there a disk at that place, and one that can be written to?`,
  },
  { sign: /ENOTDIR|EEXIST/, advice: (folder) => `${folder} is not a folder; choose another one` },
  {
    sign: /error while loading shared libraries|cannot open shared object/,
    advice: () =>
      "a library is missing; reinstall the packages (npm ci), or set DATABASE_URL to a PostgreSQL of your own",
  },
  {
    sign: /Cannot allocate memory|could not (map|create) .*shared memory|pre-existing shared memory/i,
    advice: () => "there is not enough memory for it; free some, or set DATABASE_URL to a PostgreSQL elsewhere",
  },
  {
    sign: /lock file .* already exists|could not lock|Address already in use/,
    advice: (folder) => `another PostgreSQL works on ${folder}; stop that one first`,
  },
  {
    sign: /could not locate a valid checkpoint|invalid checkpoint|PANIC|is not a valid data directory|pg_control/,
    advice: (folder) =>
      `the data in ${folder} is damaged; restore it from a backup, or move the folder away and start empty`,
  },
];

export function whyNot(said: string, folder: string): string {
  const reason = REASONS.find(({ sign }) => sign.test(said));
  const advice =
    reason?.advice(folder) ?? "its last words are below; DATABASE_URL can name a PostgreSQL of your own instead";
  return `the embedded PostgreSQL cannot start: ${advice}`;
}
