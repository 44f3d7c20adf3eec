#!/usr/bin/env bash
# Peak resident memory of a process that starts, builds ResNet-20 for images of 32x32 and takes three training steps on random images: Msr's and
# PyTorch's in turn. Prints medians and their ratio (above 1: PyTorch needs more) as a table; the first row is the programs alone, no network.
# usage: compare-memory.sh [ROUNDS] [THREADS] [BATCH...]          (default 3 rounds, 2 threads, batches 1 32 128); about a minute
# Needs PyTorch for /usr/bin/python3 and GNU time (Debian: apt-get install python3-torch time).
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3} threads=${2:-2}
batches=("${@:3}")
[ ${#batches[@]} -gt 0 ] || batches=(1 32 128)
dotnet build -c Release --nologo -v q Msr.Cli >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
msr=(dotnet Msr.Cli/bin/Release/net10.0/msr.dll) torch=(/usr/bin/python3 Msr.Benchmarks/pytorch_resnet20.py)

peak() { # peak WHOSE BATCH COMMAND...: its peak in KiB, as a line of the table
  if timeout 120 /usr/bin/time -q -f %M -o "$work/peak" "${@:3}" >"$work/said" 2>&1; then
    echo "$2 $1 $(tail -n 1 "$work/peak")" >>"$work/peaks"
  else
    { echo "error: $1 at batch $2 failed: ${*:3}"; cat "$work/said"; } >&2
  fi
}

: >"$work/peaks"
for round in $(seq "$rounds"); do
  peak msr 0 "${msr[@]}" --version
  peak torch 0 /usr/bin/python3 -c 'import torch'
  for batch in "${batches[@]}"; do
    peak msr "$batch" "${msr[@]}" bench train --child memory --batch "$batch" --threads "$threads"
    peak torch "$batch" "${torch[@]}" "$threads" "$batch" 0 --steps 3
  done
  echo "round $round of $rounds" >&2
done
python3 - "$work/peaks" <<'P'
import statistics, sys
peaks = {}
for line in open(sys.argv[1]):
    batch, whose, kib = line.split()
    peaks.setdefault(int(batch), {"msr": [], "torch": []})[whose].append(int(kib) / 1024)
print("| batch | Msr MiB | PyTorch MiB | PyTorch / Msr |\n|---|---|---|---|")
for batch, both in sorted(peaks.items()):
    ours, theirs = (statistics.median(both[whose]) if both[whose] else None for whose in ("msr", "torch"))
    cells = [f"{peak:.0f}" if peak else "failed" for peak in (ours, theirs)]
    print(f"| {batch or 'program alone'} | {cells[0]} | {cells[1]} | {f'{theirs / ours:.2f}' if ours and theirs else '-'} |")
P
