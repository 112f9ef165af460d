#!/bin/sh
# Run once by PostgreSQL's image on an empty volume: the roles of docs/postgresql-roles.md, and both databases.
set -eu
psql -v ON_ERROR_STOP=1 -q -U postgres -f /roles.sql
psql -v ON_ERROR_STOP=1 -q -U postgres -v owner="$OWNER_PASSWORD" -v runtime="$RUNTIME_PASSWORD" <<'SQL'
alter role health_owner password :'owner';
alter role health_runtime password :'runtime';
create database sahha owner health_owner;
create database whoop owner health_owner;
SQL
