"""PyTorch on the CPU with residual networks for small images, without normalisation: the peer of the scripts beside it.

usage: pytorch_resnet20.py THREADS BATCH SECONDS [--depth 20] [--width 16] [--image 32] [--forward | --steps N | --onnx FILE]
Prints images per second of training: random images, SGD with momentum, shortcuts that average 2x2 pixels and pad channels with zeros; median over
the steps that fit, after three for warm-up. --forward times the forward pass alone. --steps N takes N steps and prints nothing, for whoever
watches the memory. --onnx FILE writes the network for any batch and trains nothing.
Without OpenBLAS (Debian: libopenblas0-pthread) single images train at a third of the speed: they go through BLAS, larger batches through oneDNN.
"""
import argparse
import pathlib
import statistics
import sys
import time
import warnings

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.stride, self.widening = stride, outputs - inputs

    def forward(self, x):
        y = self.second(F.relu(self.first(x)))
        if self.stride > 1:
            half = self.widening // 2
            x = F.pad(F.avg_pool2d(x, self.stride, ceil_mode=True), (0, 0, 0, 0, half, self.widening - half))
        return F.relu(x + y)


def resnet(depth, start, channels=3):
    layers, width = [nn.Conv2d(channels, start, 3, 1, 1), nn.ReLU()], start
    for stage in range(3):
        for index in range((depth - 2) // 6):
            layers.append(Block(width, start << stage, 2 if stage and not index else 1))
            width = start << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


def resnet20(channels=3):
    return resnet(20, 16, channels)


def speed(batch, seconds, step):
    """Images a second of a step. Where a step takes long, one for warm-up and three samples must do."""
    start = time.perf_counter()
    for done in range(3):
        if done == 0 or time.perf_counter() - start < seconds:
            step()
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        begun = time.perf_counter()
        step()
        times.append(time.perf_counter() - begun)
    return batch / statistics.median(times)


def trainer(net, images, labels):
    """A training step."""
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(net(images), labels).backward()
        optimizer.step()

    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("threads", type=int)
    parser.add_argument("batch", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--depth", type=int, default=20)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--image", type=int, default=32)
    parser.add_argument("--forward", action="store_true")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--onnx")
    asked = parser.parse_args()
    if asked.batch == 1 and not asked.onnx and "openblas" not in pathlib.Path("/proc/self/maps").read_text():
        print("remark: PyTorch is slow at batch 1 without OpenBLAS (Debian: libopenblas0-pthread)", file=sys.stderr)
    torch.set_num_threads(asked.threads)
    torch.manual_seed(1)
    net = resnet(asked.depth, asked.width)
    for parameter in net.parameters():
        if parameter.dim() == 4:
            parameter.data.mul_(0.3)  # without normalisation the default start would overflow
    images, labels = torch.randn(asked.batch, 3, asked.image, asked.image), torch.randint(0, 10, (asked.batch,))
    if asked.onnx:
        warnings.simplefilter("ignore")  # they tell of shapes that the exporter could not infer, which the file does not need
        torch.onnx.export(net.eval(), images, asked.onnx, opset_version=13, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    elif asked.forward:
        with torch.inference_mode():
            print(f"{speed(asked.batch, asked.seconds, lambda: net(images)):.1f}")
    elif asked.steps:
        step = trainer(net, images, labels)
        for _ in range(asked.steps):
            step()
    else:
        print(f"{speed(asked.batch, asked.seconds, trainer(net, images, labels)):.1f}")


if __name__ == "__main__":
    main()
