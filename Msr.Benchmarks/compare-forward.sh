#!/usr/bin/env bash
# Forward passes of ResNet-20 on images of 32x32: Msr's evaluation and onnxruntime-node in turn, in processes of their own. Prints for each batch and
# number of threads the medians and the median of the paired ratios with its quartiles (above 1: Msr is faster).
# usage: compare-forward.sh [ROUNDS] [SECONDS]                    (default 5 rounds, 2 seconds of samples each); about 12 s for each of the 4 lines of a
# round, 4 minutes in all by default, and at the first call the time of an npm install
# Needs node and npm; PyTorch for /usr/bin/python3 (Debian: apt-get install python3-torch), which writes the network as ONNX with random weights.
# Ours has a scale for every filter, which it applies in every pass; loss and correct answers are among its work, but not among theirs.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-2} version=1.30.0
dotnet build -c Release --nologo -v q Msr.Cli >&2
peer=Msr.Benchmarks/bin/onnxruntime
mkdir -p "$peer"
# The CPU's library is within the package; its install script would only fetch libraries for GPUs.
if [ ! -d "$peer/node_modules/onnxruntime-node" ]; then
  npm install --prefix "$peer" --ignore-scripts --no-fund --no-audit "onnxruntime-node@$version" >&2
fi
cp Msr.Benchmarks/onnxruntime_forward.js "$peer/"
/usr/bin/python3 Msr.Benchmarks/pytorch_resnet20.py 1 1 0 --onnx "$peer/resnet20.onnx" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

theirs() { # theirs BATCH THREADS: images/s, with more than one thread the better of threads that spin while they wait and threads that sleep
  local wait waits=(spin)
  [ "$2" = 1 ] || waits=(spin sleep)
  for wait in "${waits[@]}"; do
    timeout 60 node "$peer/onnxruntime_forward.js" "$peer/resnet20.onnx" "$2" "$1" "$seconds" "$wait" || return
  done | sort -g | tail -n 1
}

: >"$work/pairs"
for round in $(seq "$rounds"); do
  for batch in 1 32; do
    for threads in 1 2; do
      # The first round judges; it need not again.
      again=(); [ "$round" = 1 ] || again=(--time-only)
      if dotnet Msr.Cli/bin/Release/net10.0/msr.dll bench forward --batch "$batch" --threads "$threads" --samples 1000 --seconds "$((seconds + 4))" --json "${again[@]}" \
        >"$work/ours" 2>"$work/said" && theirs "$batch" "$threads" >"$work/theirs" 2>>"$work/said"; then
        ours=$(sed -n 's/.*"imagesPerSecond": *\([0-9.]*\).*/\1/p' "$work/ours")
        error=$(sed -n 's/.*"errorOverBound": *\([0-9.E-]*\).*/\1/p' "$work/ours")
        echo "$batch $threads $ours $(cat "$work/theirs") ${error:--}" | tee -a "$work/pairs" | sed "s/^/round $round, batch, threads, Msr, onnxruntime, error: /" >&2
      else
        { echo "error: batch $batch, $threads threads failed:"; cat "$work/said"; } >&2
      fi
    done
  done
done
echo "onnxruntime-node $(node -p "require('./$peer/node_modules/onnxruntime-node/package.json').version"), node $(node --version)"
python3 - "$work/pairs" <<'P'
import statistics, sys
pairs = {}
for line in open(sys.argv[1]):
    batch, threads, ours, theirs, error = line.split()
    pairs.setdefault((int(batch), int(threads)), []).append((float(ours), float(theirs), error))
print("| batch | threads | Msr images/s | onnxruntime images/s | ratio (quartiles) | rounds | error/bound |\n|---|---|---|---|---|---|---|")
for (batch, threads), rows in sorted(pairs.items()):
    ratios = [a / b for a, b, _ in rows]
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    errors = [f"{float(error):.2g}" for _, _, error in rows if error != "-"]
    print(f"| {batch} | {threads} | {statistics.median(r[0] for r in rows):.0f} | {statistics.median(r[1] for r in rows):.0f} | {middle:.2f} ({low:.2f}-{high:.2f}) | {len(rows)} | {(errors or ['-'])[0]} |")
P
