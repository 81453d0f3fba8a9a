#!/bin/sh
# Makes the configuration on an empty volume: redis-0 begins as the master. From then on sentinels change it.
set -eu
conf=/data/redis.conf
if [ ! -s "$conf" ]; then
  {
    cat /etc/redis/redis.conf
    echo "requirepass \"$REDISCLI_AUTH\""
    echo "masterauth \"$REDISCLI_AUTH\""
    echo "replica-announce-ip $POD_NAME.redis-nodes"
    [ "$POD_NAME" = redis-0 ] || echo 'replicaof redis-0.redis-nodes 6379'
  } >"$conf.new"
  mv "$conf.new" "$conf"
fi
exec redis-server "$conf"
