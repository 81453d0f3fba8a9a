#!/bin/sh
# Patroni runs it once, when the first server has made an empty database; $1 is how to reach it.
set -eu
psql "$1" -v ON_ERROR_STOP=1 -v name="$DB_USERNAME" -v password="$DB_PASSWORD" <<'SQL'
create role :"name" login password :'password';
create database shop owner :"name";
SQL
