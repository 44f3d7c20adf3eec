"""Images per second of PyTorch training ResNet-20 on 32x32x3 images, without normalisation: the peer of compare-training.sh.

usage: pytorch_resnet20.py THREADS BATCH SECONDS
Random images, SGD with momentum, shortcuts that average 2x2 pixels and pad channels with zeros; median over the steps that fit, after three for warm-up. Prints one number.
"""
import statistics
import sys
import time

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


def resnet20(channels=3):
    layers, width = [nn.Conv2d(channels, 16, 3, 1, 1), nn.ReLU()], 16
    for stage in range(3):
        for index in range(3):
            layers.append(Block(width, 16 << stage, 2 if stage and not index else 1))
            width = 16 << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


def main():
    threads, batch, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = resnet20()
    for parameter in net.parameters():
        if parameter.dim() == 4:
            parameter.data.mul_(0.3)  # without normalisation the default start would overflow
    images, labels = torch.randn(batch, 3, 32, 32), torch.randint(0, 10, (batch,))
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(net(images), labels).backward()
        optimizer.step()

    for _ in range(3):
        step()
    times, start = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < seconds:
        begun = time.perf_counter()
        step()
        times.append(time.perf_counter() - begun)
    print(f"{batch / statistics.median(times):.1f}")


if __name__ == "__main__":
    main()
