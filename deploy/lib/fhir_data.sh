# shellcheck shell=bash
# Synthetic patients for the demonstration, as plain FHIR calls. Dates are relative to today. Needs curl, $base, $quiet.

day() { date -u -d "$1 days" +%Y-%m-%d; }
at() { date -u -d "$1 days" +%Y-%m-%dT"${2:-10:00:00}"Z; } # DAYS [TIME]

# A free TCP port for a listener of ours: the one the kernel gives to a socket that is closed again.
free_port() {
  local port
  for port in $(shuf -i 20000-32000 -n 50); do
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  die "no free port found"
}

fhir_get() { curl -sS --noproxy '*' -H 'Accept: application/fhir+json' -H 'Cache-Control: no-cache' "$base/$1"; }

# PUT one resource with its own id; prints the call unless told to be quiet.
put() { # TYPE/ID JSON
  [[ $quiet == yes ]] || say "   PUT $1  $2"
  local answer code
  answer=$(mktemp)
  code=$(curl -sS --noproxy '*' -o "$answer" -w '%{http_code}' -X PUT -H 'Content-Type: application/fhir+json' \
    --data-binary "$2" "$base/$1") || true
  if [[ $code != 200 && $code != 201 ]]; then
    cat "$answer" >&2
    rm -f "$answer"
    warn "PUT $1 was answered $code"
    return 1
  fi
  rm -f "$answer"
}

patient() { # ID
  put "Patient/$1" "{\"resourceType\":\"Patient\",\"id\":\"$1\",\"active\":true,\"name\":[{\"family\":\"Synthetic\",\"given\":[\"$1\"]}],\"gender\":\"female\",\"birthDate\":\"1961-04-02\"}"
}

procedure() { # ID PATIENT CPT DAYS [TEXT] [TIME]
  local text=${5:+,\"text\":\"$5\"}
  put "Procedure/$1" "{\"resourceType\":\"Procedure\",\"id\":\"$1\",\"status\":\"completed\",\"code\":{\"coding\":[{\"system\":\"http://www.ama-assn.org/go/cpt\",\"code\":\"$3\"}]$text},\"subject\":{\"reference\":\"Patient/$2\"},\"performedDateTime\":\"$(at "$4" "${6:-10:00:00}")\"}"
}

score() { # ID PATIENT VALUE DAYS [TIME] [STATUS]
  put "Observation/$1" "{\"resourceType\":\"Observation\",\"id\":\"$1\",\"status\":\"${6:-final}\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"72514-3\"}]},\"subject\":{\"reference\":\"Patient/$2\"},\"effectiveDateTime\":\"$(at "$4" "${5:-10:00:00}")\",\"valueQuantity\":{\"value\":$3,\"unit\":\"{score}\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"{score}\"}}"
}

# A course of scores: ID PREFIX, PATIENT, then pairs VALUE:DAYS.
scores() {
  local prefix=$1 who=$2 n=0 pair
  shift 2
  for pair in "$@"; do
    n=$((n + 1))
    score "$prefix-$n" "$who" "${pair%%:*}" "${pair##*:}"
  done
}

# Twenty patients of different kinds.
put_history() {
  local quiet=yes n id
  for n in 01 02 03 04 05; do # failed: no response, two readings, settled
    id=hist-$n
    patient "$id"
    procedure "$id-inj" "$id" 64493 -90
    scores "$id-s" "$id" 8:-91 7:-70 7:-60
  done
  for n in 06 07 08; do # durable relief
    id=hist-$n
    patient "$id"
    procedure "$id-inj" "$id" 64490 -150
    scores "$id-s" "$id" 8:-151 2:-130 2:-60
  done
  for n in 09 10; do # no follow-up: a missing score is never a failure
    id=hist-$n
    patient "$id"
    procedure "$id-inj" "$id" 64493 -100
    scores "$id-s" "$id" 8:-101
  done
  for n in 11 12; do # a positive diagnostic block
    id=hist-$n
    patient "$id"
    procedure "$id-mbb" "$id" 64493 -40 "Diagnostic medial branch block"
    score "$id-s1" "$id" 8 -40 09:00:00
    score "$id-s2" "$id" 1 -40 12:00:00
  done
  for n in 13 14 15; do # scores without any injection
    id=hist-$n
    patient "$id"
    scores "$id-s" "$id" 6:-30 7:-10
  done
  for n in 16 17; do # an epidural, not a facet injection
    id=hist-$n
    patient "$id"
    procedure "$id-esi" "$id" 62323 -60
    scores "$id-s" "$id" 7:-61 7:-40
  done
  for n in 18 19; do # a knee injection
    id=hist-$n
    patient "$id"
    procedure "$id-knee" "$id" 20610 -60
  done
  patient hist-20 # failed, but years ago: before follow.not_before
  procedure hist-20-inj hist-20 64493 -900
  scores hist-20-s hist-20 8:-901 8:-880 8:-870
}

story_no_response() {
  patient live-no-response
  scores lnr live-no-response 8:-35
  procedure lnr-inj live-no-response 64493 -34
  scores lnr-f live-no-response 7:-16 7:-6
}

story_short_lived() {
  patient live-short-lived
  scores lsl live-short-lived 8:-71
  procedure lsl-inj live-short-lived 64493 -70
  scores lsl-f live-short-lived 3:-55 7:-40 7:-25
}

story_while_killed() {
  patient live-while-killed
  scores lwk live-while-killed 9:-51
  procedure lwk-inj live-while-killed 64493 -50
  scores lwk-f live-while-killed 8:-30 8:-15
}

story_still_helps() {
  patient live-still-helps
  scores lsh live-still-helps 8:-31
  procedure lsh-inj live-still-helps 64493 -30
  scores lsh-f live-still-helps 2:-10
}

story_block() {
  patient live-block
  score lb-1 live-block 8 -2 09:00:00
  procedure lb-mbb live-block 64493 -2 "Diagnostic medial branch block"
  score lb-2 live-block 1 -2 12:00:00
  score lb-3 live-block 8 -1 12:00:00
}

# 20610 is no code we subscribe to: the server does not even notify; the score beside it does, and is dropped.
story_knee() {
  patient live-knee
  procedure lk-inj live-knee 20610 -20 "Knee joint injection"
  scores lk live-knee 6:-5
}

story_correction() { score lnr-f-1 live-no-response 2 -16 10:00:00 corrected; }
