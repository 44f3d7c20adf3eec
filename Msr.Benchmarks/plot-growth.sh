#!/usr/bin/env bash
# How the cost of training grows with batch, depth, width, threads and size of images: images/s of Msr and of PyTorch, in processes that run in turn.
# Writes FOLDER/growth.csv and FOLDER/growth-batch.svg and so on, and the medians as a table to stdout.
# usage: plot-growth.sh [MINUTES] [ROUNDS] [FOLDER]               (default 12 minutes, 5 rounds, docs/plots)
# A round takes every point once. No process is started after MINUTES: what is missing then says so in its row, as does what failed.
# Needs PyTorch for /usr/bin/python3 (Debian: apt-get install python3-torch libopenblas0-pthread).
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-12} rounds=${2:-5} folder=${3:-docs/plots}
dotnet build -c Release --nologo -v q Msr.Cli >&2
mkdir -p "$folder"
python3 Msr.Benchmarks/growth_measure.py "$minutes" "$rounds" "$folder/growth.csv"
# The package knows its version better than the module, which says 1.13.0a0 for 1.13.1.
version=$(dpkg-query -W -f '${source:Upstream-Version}' python3-torch 2>/dev/null || /usr/bin/python3 -c 'import torch; print(torch.__version__)')
python3 Msr.Benchmarks/growth_plot.py "$folder/growth.csv" "$folder" "PyTorch ${version%%+*}"
