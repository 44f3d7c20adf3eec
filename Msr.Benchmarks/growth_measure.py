"""Measures for plot-growth.sh; called by it.

usage: growth_measure.py MINUTES ROUNDS CSV
Every network is judged once by `msr bench`, then only timed. Prints progress to stderr; the CSV is written anew after every round.
"""
import csv
import json
import os
import statistics
import subprocess
import sys
import time

MSR = ["dotnet", "Msr.Cli/bin/Release/net10.0/msr.dll", "bench", "train", "--json"]
TORCH = ["/usr/bin/python3", "Msr.Benchmarks/pytorch_resnet20.py"]
# One thread: where others use the machine, threads that spin wait for one that was put aside, and what is measured is the others.
BASE = {"batch": 32, "depth": 20, "width": 16, "threads": 1, "image": 32}
AXES = {
    "batch": [1, 2, 8, 32, 128, 512],
    "depth": [8, 14, 20, 32, 56, 110],
    "width": [16, 32, 64],
    "threads": [2**i for i in range(16) if 2**i <= os.cpu_count()],
    "image": [16, 24, 32, 48, 64],
}
COLUMNS = ["axis", "value", *BASE, "msr", "pytorch", "ratio", "rounds", "errorOverBound", "reason"]
SECONDS = 1.5  # of samples, of each process
LIMIT = 60  # seconds that a process may take; one that judges, five times that


def run(command, limit, **environment):
    """What a process prints, and why there is nothing, or what there is to remark."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env={**os.environ, **environment})
    except subprocess.TimeoutExpired:
        return None, f"took more than {limit} s"
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        return None, next((line for line in said if line.startswith("error: ")), said[-1])
    return done.stdout, next((line for line in done.stderr.splitlines() if line.startswith("remark: ")), None)


def msr(point, *more, limit=LIMIT):
    """The result of msr bench for a point, and why there is none."""
    options = ["--model", f"resnet{point['depth']}", *(text for name in ("batch", "width", "threads", "image") for text in (f"--{name}", str(point[name])))]
    output, reason = run([*MSR, *options, *more], limit)
    rows = json.loads(output) if output else []
    return (rows[0], None) if rows else (None, reason or "no result")


def ours(point):
    # Warm-up takes half of the four seconds at most.
    row, reason = msr(point, "--time-only", "--samples", "25", "--seconds", "4")
    return row and row["imagesPerSecond"], reason


def theirs(point):
    options = [str(point["threads"]), str(point["batch"]), str(SECONDS), *(text for name in ("depth", "width", "image") for text in (f"--{name}", str(point[name])))]
    # With more than one thread the better of two: threads that wait as they do by themselves, spinning at first, and threads that sleep.
    waits = [{}, {"OMP_WAIT_POLICY": "PASSIVE"}] if point["threads"] > 1 else [{}]
    results = [run([*TORCH, *options], LIMIT, **wait) for wait in waits]
    return max((float(output) for output, _ in results if output), default=None), results[0][1]


class Point:
    """A network, a batch, a number of threads, and what was measured of them."""

    def __init__(self, settings):
        self.settings, self.pairs, self.reason = settings, [], None

    def measure(self):
        mine, why = ours(self.settings)
        peer, why_not = theirs(self.settings) if mine else (None, None)
        if mine and peer:
            self.pairs.append((mine, peer))
            self.reason = why_not
        else:
            self.reason = f"PyTorch: {why_not}" if mine else f"Msr: {why}"

    def cells(self):
        if not self.pairs:
            return {"rounds": 0, "reason": self.reason or "out of time"}
        mine, peer, ratio = (statistics.median(values) for values in ([a for a, _ in self.pairs], [b for _, b in self.pairs], [a / b for a, b in self.pairs]))
        return {"msr": f"{mine:.1f}", "pytorch": f"{peer:.1f}", "ratio": f"{ratio:.2f}", "rounds": len(self.pairs), "reason": self.reason or ""}


def judge(settings):
    """error/bound of a network's step, and why there is none. Depth, batch and threads are those of the base: depth repeats the same ops."""
    row, reason = msr({**BASE, "width": settings["width"], "image": settings["image"]}, "--samples", "3", "--seconds", "0.05", limit=5 * LIMIT)
    return (f"{row['errorOverBound']:.2g}", "") if row else ("", f"not judged: {reason}")


def write(path, points, judged):
    with open(path, "w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        for axis, values in AXES.items():
            for value in values:
                point = points[key({**BASE, axis: value})]
                cells = point.cells()
                error, doubt = judged.get((point.settings["width"], point.settings["image"]), ("", "not judged: out of time"))
                cells["reason"] = "; ".join(filter(None, (cells["reason"], doubt)))
                table.writerow({"axis": axis, "value": value, **point.settings, "errorOverBound": error, **cells})


def key(settings):
    return tuple(settings.values())


def main():
    minutes, rounds, path = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    begun = time.monotonic()
    settings = [{**BASE, axis: value} for axis, values in AXES.items() for value in values]
    points = {key(each): Point(each) for each in settings}
    judged = {}

    def in_time():
        return time.monotonic() - begun < 60 * minutes

    def say(what):
        print(f"{time.monotonic() - begun:6.0f} s  {what}", file=sys.stderr, flush=True)

    for width, image in dict.fromkeys((each["width"], each["image"]) for each in settings):
        if in_time():
            judged[width, image] = judge({"width": width, "image": image})
            say(f"width {width}, images of {image}: error/bound {' '.join(judged[width, image])}")
    for done in range(1, rounds + 1):
        for point in points.values():
            if in_time():
                point.measure()
                what = ", ".join(f"{name} {value}" for name, value in point.settings.items())
                say(f"round {done}: {what}: {'Msr {:.0f}, PyTorch {:.0f} images/s'.format(*point.pairs[-1]) if point.pairs else ''} {point.reason or ''}")
        write(path, points, judged)


if __name__ == "__main__":
    main()
