-- Wrong passwords, counted. class: 0 a network, 1 a network at an account, 2 all networks at an account
-- that it does not know, 3 all that it knows. Accounts are keyed hashes of names. until: when nothing
-- is left of the counter.
CREATE TABLE counters (
  class INTEGER NOT NULL,
  id TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (class, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX counters_by_end ON counters (until);

-- From where accounts were logged in to.
CREATE TABLE networks (
  account TEXT NOT NULL,
  network TEXT NOT NULL,
  seen INTEGER NOT NULL,
  PRIMARY KEY (account, network)
) STRICT, WITHOUT ROWID;

-- Clients: programs that prove who they are by a secret. secret: its SHA-256. A removed client keeps
-- the row without what it says, so that its tokens stay refused and no backup brings it back.
CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  secret BLOB NOT NULL,
  permissions TEXT NOT NULL,
  created INTEGER NOT NULL,
  removed INTEGER
) STRICT, WITHOUT ROWID;

-- Who stands in at logins for names that are nobody's.
CREATE INDEX users_with_password ON users (id) WHERE removed IS NULL AND password IS NOT NULL;
