#!/usr/bin/env bash
# Trains ResNet-20 with Msr and with PyTorch in turn and prints the images/s of each round and the median ratio.
# usage: [MSR_CIFAR10=DIR] compare-training.sh [ROUNDS] [THREADS] [BATCH]
# Needs PyTorch for /usr/bin/python3 (Debian: apt-get install python3-torch libopenblas0-pthread), and CIFAR-10: in the folder MSR_CIFAR10 if that is set, else where
# `msr data get cifar10` puts it.
# Ours sees 40 batches twice, 2,000 images at least: at batch 1 the start would be all there is to see.
# Ours is a real training (CIFAR-10, augmentation and prefetching included), theirs a bare step on one random batch. Ours is the mean over
# all steps of the run, the first ones included; theirs the median of single steps after three for warm-up, the better of a run whose threads wait
# as they do by themselves, spinning at first, and one whose threads sleep: where others use the machine, spinning can take ten times as long.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5} threads=${2:-2} batch=${3:-128} data=${MSR_CIFAR10:-cifar10}
images=$((batch * 40 > 2000 ? batch * 40 : 2000))
dotnet build -c Release --nologo -v q Msr.Cli >&2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for round in $(seq "$rounds"); do
  if ! dotnet Msr.Cli/bin/Release/net10.0/msr.dll train --data "$data" --model resnet20 --width 16 --limit $images --epochs 2 \
    --batch "$batch" --threads "$threads" --out "$out/$round" --json >"$out/json" 2>"$out/said"; then
    cat "$out/said" >&2
    echo "error: msr did not train; set MSR_CIFAR10 to a folder with CIFAR-10's binary files, or see above" >&2
    exit 1
  fi
  ours=$(sed -n 's/.*"imagesPerSecond": *\([0-9.]*\).*/\1/p' "$out/json")
  torch=(/usr/bin/python3 Msr.Benchmarks/pytorch_resnet20.py "$threads" "$batch" 8)
  theirs=$({ "${torch[@]}" && OMP_WAIT_POLICY=passive "${torch[@]}"; } | sort -g | tail -n 1)
  echo "$ours $theirs" | awk -v round="$round" '{ printf "round %d: msr %.0f images/s, PyTorch %.0f images/s, ratio %.2f\n", round, $1, $2, $1 / $2 }' | tee -a "$out/rounds"
done
sed 's/.*ratio //' "$out/rounds" | sort -n | awk '{ r[NR] = $1 } END { printf "median ratio %.2f over %d rounds, lowest %.2f, highest %.2f\n", r[int((NR + 1) / 2)], NR, r[1], r[NR] }'
