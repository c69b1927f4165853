-- groups: the names of the user's groups.
ALTER TABLE users ADD COLUMN groups TEXT NOT NULL DEFAULT '[]';

CREATE TABLE groups (
  name TEXT PRIMARY KEY,
  permissions TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Names that were somebody's and are nobody's: of removed users, and those that users gave up.
CREATE TABLE tombstones (
  username TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- A position is never given twice, so that who follows the log misses nothing.
CREATE TABLE events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  user_id INTEGER,
  username TEXT,
  sid TEXT,
  jti TEXT,
  door TEXT NOT NULL,
  address TEXT,
  detail TEXT
) STRICT;

INSERT INTO meta (name, value) VALUES ('secret', random());

INSERT INTO meta (name, value)
  SELECT 'latest_issued', latest FROM (SELECT max(issued) AS latest FROM minted)
  WHERE latest IS NOT NULL;
