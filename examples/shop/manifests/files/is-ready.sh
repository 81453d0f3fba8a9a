#!/bin/sh
# The master, or a replica that has all that the master has.
redis-cli info replication | grep -qE '^(role:master|master_link_status:up)'
