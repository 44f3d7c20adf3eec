"""Draws what growth_measure.py measured; called by plot-growth.sh.

usage: growth_plot.py CSV FOLDER [PEER]
Writes FOLDER/growth-AXIS.svg for every axis, both directions logarithmic, and prints the table. PEER is what Msr is compared with. Needs nothing but Python.
"""
import csv
import math
import sys

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 70, 20, 52, 56
LINES = [("msr", "Msr", "#0b5cad", "circle"), ("pytorch", sys.argv[3] if len(sys.argv) > 3 else "PyTorch", "#c2410c", "square")]
LABELS = {
    "batch": "samples of a batch", "depth": "layers", "width": "channels of the first stage", "threads": "threads",
    "image": "pixels of a side of the images",
}


def ticks(low, high):
    """1, 2 and 5 times powers of ten that lie within a range, and what is between them where these are few."""
    for steps in ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        values = [step * 10**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) for step in steps]
        within = [value for value in values if low <= value <= high]
        if len(within) > 3:
            break
    return within


def place(value, low, high, first, last):
    return first + (math.log(value) - math.log(low)) / (math.log(high) - math.log(low)) * (last - first)


def text(x, y, words, anchor="middle", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{words}</text>'


def marker(kind, x, y, colour):
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'


def fixed(rows, axis):
    """What is the same in all points, in words."""
    words = {"batch": "batch {}", "depth": "ResNet-{}", "width": "width {}", "threads": "{} threads", "image": "images of {0}×{0}"}
    return ", ".join(words[name].format(rows[0][name]).replace("1 threads", "1 thread") for name in ("depth", "width", "image", "batch", "threads") if name != axis)


def draw(axis, rows):
    measured = [row for row in rows if row["msr"]]
    values = [float(row["value"]) for row in rows]
    speeds = [float(row[name]) for row in measured for name, *_ in LINES] or [1, 10]
    margin = max((max(values) / min(values)) ** 0.06, 1.1)
    x_low, x_high = min(values) / margin, max(values) * margin
    y_low, y_high = min(speeds) / 1.3, max(speeds) * 1.4

    def x_of(value):
        return place(float(value), x_low, x_high, LEFT, WIDTH - RIGHT)

    def y_of(value):
        return place(float(value), y_low, y_high, HEIGHT - BOTTOM, TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" font-size="12" fill="#222">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text(LEFT, 20, f"Training speed by {axis}", "start", 'font-size="15" font-weight="bold"'),
        text(LEFT, 38, fixed(rows, axis), "start", 'fill="#555"'),
    ]
    for value in ticks(y_low, y_high):
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y_of(value):.1f}" y2="{y_of(value):.1f}" stroke="#ddd"/>')
        parts.append(text(LEFT - 8, y_of(value) + 4, f"{value:g}", "end"))
    for row in rows:
        x = x_of(row["value"])
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#eee"/>')
        parts.append(text(x, HEIGHT - BOTTOM + 18, row["value"]))
        if not row["msr"]:
            parts.append(text(x, HEIGHT - BOTTOM - 8, "not measured", extra='fill="#777" font-size="10"'))
        else:
            higher = min(y_of(row[name]) for name, *_ in LINES)
            parts.append(text(x, higher - 10, f"{float(row['ratio']):.1f}×", extra='fill="#777" font-size="11"'))
    parts.append(f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#222"/>')
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, LABELS[axis]))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(text(18, middle, "images/s", extra=f'transform="rotate(-90 18 {middle})"'))
    for index, (name, title, colour, kind) in enumerate(LINES):
        points = [(x_of(row["value"]), y_of(row[name])) for row in measured]
        parts.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [marker(kind, x, y, colour) for x, y in points]
        x, y = WIDTH - RIGHT - 190 + 80 * index, 16
        parts += [f'<path d="M{x - 12} {y}h24" stroke="{colour}" stroke-width="2"/>', marker(kind, x, y, colour), text(x + 18, y + 4, title, "start")]
    return "\n".join([*parts, "</svg>", ""])


def main():
    axes = {}
    for row in csv.DictReader(open(sys.argv[1])):
        axes.setdefault(row["axis"], []).append(row)
    print("| axis | value | Msr images/s | PyTorch images/s | ratio | rounds | error/bound | remark |\n|---|---|---|---|---|---|---|---|")
    for axis, rows in axes.items():
        with open(f"{sys.argv[2]}/growth-{axis}.svg", "w", encoding="utf-8") as file:
            file.write(draw(axis, rows))
        for row in rows:
            print("| " + " | ".join([axis, *(row[name] or "-" for name in ("value", "msr", "pytorch", "ratio", "rounds", "errorOverBound")), row["reason"]]) + " |")


if __name__ == "__main__":
    main()
