-- An id is never given twice (AUTOINCREMENT). A removed user keeps the row and frees the name.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  username TEXT NOT NULL,
  password TEXT,
  active INTEGER NOT NULL,
  superuser INTEGER NOT NULL,
  permissions TEXT NOT NULL,
  attributes TEXT NOT NULL,
  last_login INTEGER,
  created INTEGER NOT NULL,
  removed INTEGER
) STRICT;
CREATE UNIQUE INDEX users_by_name ON users (username) WHERE removed IS NULL;

-- jti, issued and expires are the current refresh token's, previous is the jti before it.
CREATE TABLE sessions (
  sid TEXT PRIMARY KEY,
  user_id INTEGER REFERENCES users (id),
  username TEXT NOT NULL,
  created INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  jti TEXT NOT NULL,
  issued INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  previous TEXT,
  rotated INTEGER,
  recovered INTEGER,
  ended INTEGER,
  ended_reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id, username) WHERE ended IS NULL;
CREATE INDEX sessions_by_jti ON sessions (jti);
CREATE INDEX sessions_by_previous ON sessions (previous) WHERE previous IS NOT NULL;

-- kind: 0 a token, 1 a session, 2 a user, 3 a name, 4 everybody; the last three have a watermark.
-- There is no index on until or at: it would cost every revocation more than the purge and the
-- listing gain by it.
CREATE TABLE revocations (
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  watermark INTEGER,
  username TEXT,
  until INTEGER NOT NULL,
  at INTEGER NOT NULL,
  reason TEXT,
  by TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- The order of position is the order in which tokens were recorded.
CREATE TABLE minted (
  position INTEGER PRIMARY KEY,
  jti TEXT NOT NULL UNIQUE,
  sid TEXT,
  user_id INTEGER,
  username TEXT NOT NULL,
  kind TEXT NOT NULL,
  profile TEXT NOT NULL,
  issued INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  kid TEXT NOT NULL
) STRICT;

-- Single numbers, by name.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
