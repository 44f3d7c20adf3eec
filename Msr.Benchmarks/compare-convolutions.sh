#!/usr/bin/env bash
# Times the convolutions of ResNet-20 with Msr and with oneDNN's direct algorithm in turn, and prints for each the median of the paired ratios with
# its quartiles (above 1: Msr is faster).
# usage: compare-convolutions.sh [ROUNDS] [BATCH] [BACKEND]        (default 7 rounds, batch 32, backend cpu); one thread each
# Needs oneDNN and a C++ compiler (Debian: apt-get install libdnnl-dev g++).
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-7} batch=${2:-32} backend=${3:-cpu}
dotnet build -c Release --nologo -v q Msr.Cli >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
g++ -O2 -o "$work/onednn_conv" Msr.Benchmarks/onednn_conv.cpp -ldnnl
for round in $(seq "$rounds"); do
  dotnet Msr.Cli/bin/Release/net10.0/msr.dll bench conv --backend "$backend" --batch "$batch" --threads 1 --samples 9 --json 2>"$work/said" >"$work/ours" ||
    { cat "$work/said" >&2; exit 1; }
  OMP_NUM_THREADS=1 "$work/onednn_conv" "$batch" 9 >"$work/theirs"
  echo "round $round of $rounds" >&2
  python3 - "$work/ours" "$work/theirs" >>"$work/pairs" <<'P'
import json, re, sys
ours = {}
for row in json.load(open(sys.argv[1])):
    shape = re.match(r"(\d+)\D+(\d+)@(\d+)(?: stride (\d))?", row["shape"])
    ours[row["name"], int(shape[1]), int(shape[2]), int(shape[3]), int(shape[4] or 1)] = row
for line in open(sys.argv[2]):
    name, *numbers, gflops = line.split()
    row = ours[name, *map(int, numbers)]
    print(name, *numbers, row["algorithm"], row["gflops"], gflops, row["errorOverBound"])
P
done
python3 - "$work/pairs" <<'P'
import statistics, sys
pairs = {}
for line in open(sys.argv[1]):
    name, c, k, h, stride, algorithm, ours, theirs, error = line.split()
    pairs.setdefault((name, f"{c}→{k}@{h}" + (f" stride {stride}" if stride != "1" else ""), algorithm), []).append((float(ours), float(theirs), float(error)))
print(f"| op | layer | algorithm | Msr GFLOP/s | oneDNN GFLOP/s | ratio (quartiles) | error/bound |\n|---|---|---|---|---|---|---|")
for (name, layer, algorithm), rows in pairs.items():
    ratios = [a / b for a, b, _ in rows]
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    print(f"| {name} | {layer} | {algorithm} | {statistics.median(r[0] for r in rows):.0f} | {statistics.median(r[1] for r in rows):.0f} | {middle:.2f} ({low:.2f}-{high:.2f}) | {rows[0][2]:.2g} |")
P
