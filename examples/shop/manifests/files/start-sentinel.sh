#!/bin/sh
# Makes the configuration on an empty volume. From then on it is the sentinels' own: what they agreed on outlives them.
set -eu
conf=/data/sentinel.conf
if [ ! -s "$conf" ]; then
  until nslookup redis-0.redis-nodes."$(sed -n 's/^search \([^ ]*\).*/\1/p' /etc/resolv.conf)" >/dev/null; do sleep 0.5; done
  {
    cat /etc/redis/sentinel.conf
    echo "requirepass \"$REDISCLI_AUTH\""
    echo "sentinel sentinel-pass \"$REDISCLI_AUTH\""
    echo "sentinel auth-pass shop \"$REDISCLI_AUTH\""
    echo "sentinel announce-ip $POD_NAME.redis-nodes"
  } >"$conf.new"
  mv "$conf.new" "$conf"
fi
exec redis-sentinel "$conf"
