-- Budgets are lost with a crash, and then full again: they need no write-ahead log.
alter table budgets set unlogged;
