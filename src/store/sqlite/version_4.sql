-- Wrong passwords, counted. class: 0 a network, 1 a network at an account that does not know it, 2 all
-- such networks at an account, 3 all networks that an account knows. Accounts are keyed hashes of
-- names. until: when nothing is left of the counter.
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
