#!/usr/bin/env bash
# Works through everything that only a GPU can show, unattended, and writes a report: each step with its command, exit code, time and output.
# usage: gpu-day.sh [OUT]               (default ./gpu-day; the report is OUT/report.md)
# Settings, all optional: MSR_BACKEND=cuda  MSR_COUNT=2000  MSR_STEPS=500  MSR_MINUTES=25 (no step begins after that many)
# MSR_MODEL=resnet20  MSR_WIDTH=16
# Dry run on a machine without a GPU: MSR_BACKEND=cuda-emulated MSR_COUNT=1 MSR_STEPS=1 MSR_MODEL=resnet8 MSR_WIDTH=2 gpu-day.sh
# Needs a driver and the CUDA 12 or 13 libraries. ptxas, nvcc, compute-sanitizer and Python with PyTorch are used where they are found.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "${1:-gpu-day}")
backend=${MSR_BACKEND:-cuda} count=${MSR_COUNT:-2000} steps=${MSR_STEPS:-500} minutes=${MSR_MINUTES:-25} model=${MSR_MODEL:-resnet20} width=${MSR_WIDTH:-16}
msr=$here/msr/msr
python=$(command -v python3 || true)
report=$out/report.md
mkdir -p "$out"
begun=$(date +%s)
failed=0 skipped=0 passed=0

say() { printf '%s\n' "$@" >>"$report"; }

# step TITLE SECONDS COMMAND...: runs a command, keeps its output, and goes on whatever happens.
step() {
  local title=$1 limit=$2 name rc start seconds log
  shift 2
  name=$(printf '%02d' $((passed + failed + skipped + 1)))
  log=$out/$name.log
  if [ $(($(date +%s) - begun)) -gt $((minutes * 60)) ]; then
    skip "$title" "no time left"
    return
  fi
  start=$(date +%s.%N)
  timeout --kill-after=10 "$limit" "$@" >"$log" 2>&1
  rc=$?
  seconds=$(echo "$(date +%s.%N) $start" | awk '{ printf "%.1f", $1 - $2 }')
  if [ $rc -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  echo "$name $title: exit code $rc, $seconds s"
  say "## $title" "" "\`${*//$here\//}\`" "" "exit code $rc, $seconds s" "" '```' "$(tail -n 40 "$log" | cut -c1-300)" '```' ""
}

skip() {
  skipped=$((skipped + 1))
  echo "-- $1: skipped, $2"
  say "## $1" "" "skipped: $2" ""
}

# with TOOL TITLE SECONDS COMMAND...: a step that needs a program that may not be there.
with() {
  if command -v "$1" >/dev/null 2>&1; then step "${@:2}"; else skip "$2" "$1 is not here"; fi
}

: >"$report"
say "# A GPU's day" "" "commit $(cat "$here/COMMIT" 2>/dev/null || echo unknown), backend $backend, $(date -u +%Y-%m-%d)" ""
say '```' "$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo 'no nvidia-smi')" '```' ""

step "What is here" 60 "$msr" backends
with ptxas "ptxas accepts the kernels" 300 ptxas -arch=sm_90 -v "$here/native/kernels.ptx" -o "$out/kernels.cubin"
with nvcc "nvcc accepts their source" 300 nvcc -std=c++17 -ptx -arch=compute_75 -fmad=false -ftz=false -prec-div=true -prec-sqrt=true \
  "$here/native/kernels.cu" -o "$out/kernels.nvcc.ptx"
step "Every law on every op" 900 "$msr" verify --backend "$backend" --count "$count" --seed 20261122 --threads 1 --json-file "$out/verify.json"
step "Cases computed by PyTorch" 600 "$msr" verify --backend "$backend" --cases "$here/cases/torch" --threads 1
if [ "$backend" = cuda ]; then
  step "Every law with TF32 declared" 600 "$msr" verify --backend cuda:tf32 --count $((count / 4 + 1)) --seed 20261122 --threads 1
else
  skip "Every law with TF32 declared" "only a GPU has TF32"
fi
for op in 'isocline.project' 'sgd.*' 'norm*' 'clip.*' 'noise.*' 'loss.*' 'filter-scale.*' 'bias.*' 'relu.*' 'add' 'scale' 'pool.*' 'shortcut.*' 'batch-norm.*' 'moments.*'; do
  step "The same bits as the interpreter's: $op" 300 "$msr" verify --backend "$backend" --same-bits-as cuda-emulated --op "$op" --count 20 --seed 1 --threads 1
done
for tool in memcheck racecheck initcheck synccheck; do
  for op in 'isocline.*' 'sgd.*' 'noise.*' 'loss.*'; do
    with compute-sanitizer "compute-sanitizer $tool over $op" 300 \
      compute-sanitizer --tool "$tool" --error-exitcode 9 "$msr" verify --backend "$backend" --op "$op" --count 20 --seed 1 --threads 1
  done
done

train() { # train NAME OPTION...
  "$msr" train --backend "$backend" --data fashion-mini --out "$out/runs/$1" "${@:2}" --json-file "$out/$1.json"
}
export -f train
export msr backend out
batch=128
images=$((steps * batch < 10000 ? steps * batch : 10000))
epochs=$(((steps * batch + images - 1) / images))
for run in first second; do
  step "$model, $steps steps against the reference ($run run of the same seed)" 900 bash -c \
    "rm -rf '$out/runs/$run'; train $run --model $model --width $width --limit $images --epochs $epochs --batch $batch --check-every 50"
done
numbers() { tail -c +$((9 + $(od -An -tu8 -N8 "$1"))) "$1"; } # what follows the header, which also tells times
export -f numbers
step "Both runs end at the same bits" 60 bash -c "cmp <(numbers '$out/runs/first/last.safetensors') <(numbers '$out/runs/second/last.safetensors')"
for size in 128 1024; do
  step "Images a second of $model, batch $size, as a graph" 600 bash -c \
    "rm -rf '$out/runs/graph$size'; train graph$size --model $model --width $width --epochs $((epochs < 3 ? 1 : 20)) --limit $images --batch $size"
  step "Images a second of $model, batch $size, waiting for every op" 600 bash -c \
    "rm -rf '$out/runs/single$size'; train single$size --model $model --width $width --epochs 1 --limit $images --batch $size --sync-every-op"
  if [ -n "$python" ] && [ "$backend" = cuda ]; then
    for tf32 in off on; do
      step "PyTorch at batch $size, TF32 $tf32" 600 "$python" "$here/pytorch_gpu.py" "$size" "$tf32"
    done
  else
    skip "PyTorch at batch $size" "there is no Python, or no GPU"
  fi
done
for method in msr bn; do
  if [ "$backend" = cuda ]; then
    step "The long run: $model, 200 epochs, $method" 1800 bash -c \
      "rm -rf '$out/runs/long-$method'; train long-$method --model $model --width $width --epochs 200 --method $method"
  else
    skip "The long run: $model, 200 epochs, $method" "it takes a GPU"
  fi
done
say "$passed passed, $failed failed, $skipped skipped"
echo "$passed passed, $failed failed, $skipped skipped; the report is $report"
[ "$failed" -eq 0 ]
