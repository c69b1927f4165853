-- Secret bytes, by name.
CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO secrets (name, value) VALUES ('csrf', randomblob(32));

-- Letters that are still to be sent, in their order. event: the position of what is stored of the
-- event. due: when it is to be sent next, or sent again if whoever took it does not come back.
CREATE TABLE outbox (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  stream TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  event INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_by_stream ON outbox (url, stream, position);
