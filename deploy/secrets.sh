#!/bin/sh
# Makes the secrets of compose.yaml in the folder secrets beside this file, once:
# what is there stays. The folder is for its owner alone; the files in it can be
# read by all, because each container reads its own under another user id.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

# A letter first: NATS would read some other words as numbers.
word() { printf 'p%s' "$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')"; }

if [ ! -e nats_secrets.conf ]; then
	nats="$(word)" route="$(word)"
	printf '%s' "$nats" >nats_password
	cat >nats_secrets.conf <<EOF
tbtwatch_password: "$nats"
operator_password: "$(word)"
system_password: "$(word)"
route_password: "$route"
routes: ["nats://route:$route@nats-1:6222", "nats://route:$route@nats-2:6222", "nats://route:$route@nats-3:6222"]
EOF
fi

if [ ! -e redis_users.acl ]; then
	redis="$(word)"
	printf 'redis://tbtwatch:%s@redis:6379/0' "$redis" >redis_url
	# Its own keys, and nothing that could harm the server.
	cat >redis_users.acl <<EOF
user default off
user tbtwatch on >$redis resetchannels ~tbtwatch:* +@all -@admin -@dangerous +info
EOF
fi

[ -e webhook_secret ] || printf 'whsec_%s' "$(head -c 32 /dev/urandom | base64 | tr -d '\n')" >webhook_secret
[ -e smtp_password ] || : >smtp_password

chmod 0444 ./*
echo "secrets are in $(pwd); write the mail account's password to smtp_password before the start"
