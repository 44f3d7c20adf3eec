#!/usr/bin/env bash
# Compares two builds of msr: the bits of short trainings, then the training speed in alternation.
# usage: compare-builds.sh bits|speed OLD NEW [ARGUMENT]
#   bits OLD NEW [BATCH]     trains small networks with both and compares every parameter and every tensor of the optimizer; BATCH is 37 by default,
#                            three micro-batches; 16 is one, whose sums no order of partitions changes. Exits with 1 where a bit differs.
#   speed OLD NEW [ROUNDS]   images/s of ResNet-20 at batch 128 and 1 on one and two threads, old and new in turn, and the median ratio new/old.
# OLD and NEW are folders made by `dotnet publish -c Release Msr.Cli -o FOLDER`. bits needs python3. Run speed on a quiet machine.
set -euo pipefail
mode=${1:?bits or speed} old=${2:?the folder of the old build} new=${3:?the folder of the new build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

msr() { dotnet "$1/msr.dll" "${@:2}"; }

# The hash of all tensors of a checkpoint, by name; its metadata, which holds options and versions, left out.
digest() {
  python3 - "$1" <<'PY'
import hashlib, json, struct, sys
data = open(sys.argv[1], "rb").read()
length, = struct.unpack("<Q", data[:8])
header, tensors = json.loads(data[8 : 8 + length]), hashlib.sha256()
header.pop("__metadata__", None)
for name in sorted(header):
    start, end = header[name]["data_offsets"]
    tensors.update(name.encode())
    tensors.update(data[8 + length + start : 8 + length + end])
print(tensors.hexdigest()[:24])
PY
}

differs=0
compare() {
  for build in "$old" "$new"; do
    rm -rf "$work/run"
    msr "$build" train "$@" --epochs 1 --seed 7 --out "$work/run" >"$work/said" 2>&1 || { cat "$work/said" >&2; exit 1; }
    digest "$work/run/last.safetensors"
  done >"$work/digests"
  if [ "$(sort -u "$work/digests" | wc -l)" -eq 1 ]; then echo "same    $*"; else echo "DIFFERS $*"; differs=1; fi
}

bits() {
  batch=${1:-37}
  for backend in cpu cpu:f64 reference; do
    for model in resnet8 resnet20; do
      for method in msr bn; do
        for optimizer in "sgd --lr 0.4" "adamw --lr 0.004"; do
          # shellcheck disable=SC2086 # an optimizer and its rate are three words
          compare --backend $backend --model $model --width 8 --method $method --optimizer $optimizer --noise 0.1 --batch "$batch" --limit 100
        done
      done
    done
  done
  compare --backend cpu --threads 1 --model resnet20 --width 16 --nesterov on --weight-decay 0.0005 --norm-anchor 0 --batch "$batch" --limit 100
  compare --backend cuda-emulated --model resnet8 --width 4 --batch 8 --limit 16
  exit $differs
}

rate() { msr "$1" bench train --model resnet20 --batch "$2" --threads "$3" --time-only --seconds 12 --json | sed -n 's/.*"imagesPerSecond": *\([0-9.]*\).*/\1/p' | head -n 1; }

speed() {
  for batch in 128 1; do
    for threads in 2 1; do
      for round in $(seq "${1:-5}"); do
        if [ $((round % 2)) -eq 1 ]; then a=$(rate "$old" $batch $threads) b=$(rate "$new" $batch $threads); else b=$(rate "$new" $batch $threads) a=$(rate "$old" $batch $threads); fi
        echo "$a $b" | awk -v r="$round" '{ printf "round %d: old %.0f, new %.0f images/s, ratio %.3f\n", r, $1, $2, $2 / $1 }'
      done | tee "$work/rounds"
      sed 's/.*ratio //' "$work/rounds" | sort -n |
        awk -v b=$batch -v t=$threads '{ r[NR] = $1 } END { printf "batch %d, threads %d: median ratio new/old %.3f, lowest %.3f, highest %.3f\n", b, t, r[int((NR + 1) / 2)], r[1], r[NR] }'
    done
  done
}

case $mode in
  bits) bits "${4:-}" ;;
  speed) speed "${4:-}" ;;
  *) echo "usage: compare-builds.sh bits|speed OLD NEW [ARGUMENT]" >&2; exit 2 ;;
esac
