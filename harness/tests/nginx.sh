#!/bin/sh
# nginx.sh PORT [BYTES] [file|memory]: nginx as a server for iolab: one process, no log, a page of so many bytes (180),
# which comes from a file, as a web server's pages do, or from its memory, as ours do (file).
# usage: iolab bench epoll-et --service http --server nginx='harness/tests/nginx.sh {port}'
set -eu
port=${1:?usage: nginx.sh PORT [BYTES] [file|memory]}
bytes=${2:-180}
from=${3:-file}

PATH=$PATH:/usr/sbin:/sbin
command -v nginx >/dev/null || { echo "nginx.sh: nginx is not installed" >&2; exit 77; }

folder=$(cd "$(dirname "$0")/../.." && pwd)/build/nginx
mkdir -p "$folder/$bytes"
page=$(printf "%${bytes}s" '' | tr ' ' .)
[ -e "$folder/$bytes/index.html" ] || printf %s "$page" >"$folder/$bytes/index.html"
case $from in
file) answer="root $folder/$bytes;" ;;
memory) answer="return 200 '$page';" ;;     # up to 4,000 bytes or so
*) echo "nginx.sh: $from: want file or memory" >&2; exit 2 ;;
esac
user=
[ "$(id -u)" -ne 0 ] || user='user root;'   # the folder may be closed to others

# keepalive_requests: else each thousandth answer would close its connection.
cat >"$folder/$port.conf" <<END
daemon off;
master_process off;
$user
pid $folder/$port.pid;
error_log stderr error;
events { worker_connections 12000; }
http {
  access_log off;
  default_type text/html;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  server {
    listen 127.0.0.1:$port backlog=1024;
    location / { $answer }
  }
}
END
exec nginx -p "$folder" -c "$folder/$port.conf"
