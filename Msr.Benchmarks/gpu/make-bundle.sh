#!/usr/bin/env bash
# Makes one archive with everything a machine with a GPU and no .NET needs: the program with its runtime, the kernels, stored cases and the
# scripts that work through a GPU's day.
# usage: make-bundle.sh [FILE]          (default msr-gpu.tar.xz in the current folder)
# On the other machine: tar xf msr-gpu.tar.xz && msr-gpu/gpu-day.sh
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
file=$(realpath -m "${1:-msr-gpu.tar.xz}")
largest=$((60 * 1000 * 1000))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/msr-gpu
mkdir -p "$bundle/native" "$bundle/cases"
dotnet publish "$root/Msr.Cli" -c Release -r linux-x64 --self-contained -v q --nologo -o "$bundle/msr" >&2
rm -f "$bundle"/msr/*.xml "$bundle"/msr/*.pdb
cp "$root"/native/*.cu "$root"/native/*.h "$root"/native/*.ptx "$bundle/native/"
cp -r "$root/PropertyTests/Cases/torch" "$bundle/cases/"
cp "$root"/Msr.Benchmarks/gpu/gpu-day.sh "$root"/Msr.Benchmarks/gpu/pytorch_gpu.py "$root"/Msr.Benchmarks/pytorch_resnet20.py "$bundle/"
git -C "$root" describe --always --dirty >"$bundle/COMMIT"
tar -C "$work" -cf - msr-gpu | xz -6 -T0 >"$file"
bytes=$(stat -c %s "$file")
echo "$file: $bytes bytes"
if [ "$bytes" -gt "$largest" ]; then
  echo "error: the bundle is larger than $largest bytes" >&2
  exit 1
fi
