-- Clients: programs that prove who they are by a secret. secret: its SHA-256. A removed client keeps
-- the row without what it says, so that its tokens stay refused and no backup brings it back.
CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  secret BLOB NOT NULL,
  permissions TEXT NOT NULL,
  created INTEGER NOT NULL,
  removed INTEGER
) STRICT, WITHOUT ROWID;
