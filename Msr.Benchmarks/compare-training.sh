#!/usr/bin/env bash
# Trains ResNet-20 with Msr and with PyTorch in turn and prints the images/s of each round and the median ratio.
# usage: compare-training.sh [ROUNDS] [THREADS] [BATCH]; needs PyTorch for /usr/bin/python3 (Debian: apt-get install python3-torch).
# Ours is a real training (CIFAR-sized images from --data, augmentation and prefetching included), theirs a bare step on one random batch.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5} threads=${2:-2} batch=${3:-128} data=${MSR_CIFAR10:-cifar10}
dotnet build -c Release --nologo -v q Msr.Cli >&2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for round in $(seq "$rounds"); do
  ours=$(dotnet Msr.Cli/bin/Release/net10.0/msr.dll train --data "$data" --model resnet20 --width 16 --limit $((batch * 40)) --epochs 2 \
    --batch "$batch" --threads "$threads" --out "$out/$round" --json 2>/dev/null | sed -n 's/.*"imagesPerSecond": *\([0-9.]*\).*/\1/p')
  theirs=$(/usr/bin/python3 Msr.Benchmarks/pytorch_resnet20.py "$threads" "$batch" 8)
  echo "$ours $theirs" | awk -v round="$round" '{ printf "round %d: msr %.0f images/s, PyTorch %.0f images/s, ratio %.2f\n", round, $1, $2, $1 / $2 }' | tee -a "$out/rounds"
done
sed 's/.*ratio //' "$out/rounds" | sort -n | awk '{ r[NR] = $1 } END { printf "median ratio %.2f over %d rounds, lowest %.2f, highest %.2f\n", r[int((NR + 1) / 2)], NR, r[1], r[NR] }'
