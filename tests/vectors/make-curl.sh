#!/usr/bin/env bash
# Signs requests with curl, sends them to a listener on this machine and writes the received requests to curl.json.
# Needs bash, curl 7.75 or later and python3 (standard library only). Nothing leaves the machine: --connect-to sends
# every connection to the listener, whatever the host and port of the URL.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Fictitious keys of the right length.
access_key=FAKEACCESSKEY0000001
secret_key=FAKESECRETKEYFORTESTS0000000000000000001
odd_secret_key='FAKE+SECRET/KEY=FOR_TESTS-00000000000002'

number=0

# vector NAME REGION SECRET_KEY URL BODY
vector() {
  local name=$1 region=$2 secret=$3 url=$4
  number=$((number + 1))
  local out=$work/$(printf %03d "$number").json
  printf %s "$5" > "$work/body"
  rm -f "$work/port"
  python3 record.py "$name" "$region" "$access_key" "$secret" "$work/port" > "$out" &
  local listener=$!
  until [ -s "$work/port" ]; do
    kill -0 "$listener" # Stops the script when the listener could not start.
    sleep 0.05
  done
  curl --disable --silent --show-error --noproxy '*' --connect-to "::127.0.0.1:$(cat "$work/port")" --output /dev/null \
    --aws-sigv4 "osc:osc:$region:api" --user "$access_key:$secret" \
    --header 'Content-Type: application/json' --data-binary "@$work/body" "$url"
  wait "$listener"
}

# A body of about 12 kB with characters of one to four bytes.
long_body() {
  local i
  printf '{"Filters":{"TagValues":['
  for i in $(seq 1 400); do printf '"wire-%04d é 云 🦀 %d",' "$i" $((i * i)); done
  printf '"last"]}}'
}

path=api/v1/ReadVms
vector default_port             eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com/$path"               '{}'
vector default_port_spelt_out   us-east-2            "$secret_key"     "http://api.us-east-2.outscale.com:80/$path"            '{}'
vector zero_byte_body           eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com/$path"               ''
vector zero_byte_body_and_port  eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com:8443/$path"          ''
vector port                     eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com:8443/$path"          '{}'
vector loopback                 eu-west-2            "$secret_key"     "http://127.0.0.1:3000/$path"                           '{"DryRun":true}'
vector loopback_v6              eu-west-2            "$secret_key"     "http://[::1]:3000/$path"                               '{"DryRun":true}'
vector localhost                us-west-1            "$secret_key"     "http://localhost:65535/$path"                          '{"ResultsPerPage":1}'
vector host_without_dots        ap-northeast-1       "$secret_key"     "http://emulator:8080/$path"                            '{"ResultsPerPage":1000}'
vector ascii_body               us-west-1            "$secret_key"     "http://api.us-west-1.outscale.com/$path"               '{"Filters":{"VmIds":["i-00000001","i-00000002"]}}'
vector spaces_and_line_ends     cloudgouv-eu-west-1  "$secret_key"     "http://api.cloudgouv-eu-west-1.outscale.com/$path"     $' {\n  "Filters": {\r\n\t"Tags": ["a b=c\\n"]}\n}\n'
vector accents                  eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com/$path"               '{"Filters":{"TagValues":["château fort à Besançon"]}}'
vector cjk                      ap-northeast-1       "$secret_key"     "http://api.ap-northeast-1.outscale.com:8443/$path"     '{"Filters":{"TagValues":["東京の仮想マシン","云服务器","가상 머신"]}}'
vector emoji                    us-east-2            "$secret_key"     "http://api.us-east-2.outscale.com:8443/$path"          '{"Filters":{"TagValues":["🦀 👩‍💻 🇫🇷"]}}'
vector combining_accent         eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com/$path"               $'{"Filters":{"TagValues":["e\xcc\x81 is not \xc3\xa9"]}}'
vector long_body                eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com:8443/$path"          "$(long_body)"
vector secret_with_punctuation  cloudgouv-eu-west-1  "$odd_secret_key" "http://api.cloudgouv-eu-west-1.outscale.com:444/$path" '{}'
vector another_action           eu-west-2            "$secret_key"     "http://api.eu-west-2.outscale.com/api/v1/CreateVms"    '{"ImageId":"ami-00000001","ClientToken":"wire-1"}'
vector short_path               eu-west-2            "$secret_key"     "http://127.0.0.1:3000/ReadVms"                         '{}'
vector long_path                eu-west-2            "$secret_key"     "http://127.0.0.1:3000/cloud/eu/api/v1/ReadVms"         '{}'
vector unknown_region           mars-north-1         "$secret_key"     "http://api.mars-north-1.example:8443/$path"            '{}'

python3 record.py --join "$work"/*.json > curl.json
