#!/usr/bin/env bash
# How the cost of training grows with batch, depth, width, threads and size of images: images/s of Msr and of PyTorch, in processes that run in turn.
# Writes FOLDER/growth.csv and FOLDER/growth-batch.svg and so on, and the medians as a table to stdout.
# usage: plot-growth.sh [MINUTES] [ROUNDS] [FOLDER]               (default 12 minutes, 5 rounds, docs/plots)
# A round takes every point once. No process is started after MINUTES: what is missing then says so in its row, as does what failed.
# Needs PyTorch for /usr/bin/python3 (Debian: apt-get install python3-torch).
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-12} rounds=${2:-5} folder=${3:-docs/plots}
dotnet build -c Release --nologo -v q Msr.Cli >&2
mkdir -p "$folder"
python3 Msr.Benchmarks/growth_measure.py "$minutes" "$rounds" "$folder/growth.csv"
python3 Msr.Benchmarks/growth_plot.py "$folder/growth.csv" "$folder"
