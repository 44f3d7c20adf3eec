"""Images per second of PyTorch training ResNet-20 on a GPU, without normalisation: the peer of gpu-day.sh.

usage: pytorch_gpu.py BATCH on|off        (TF32)
Random 28x28 images of one channel, SGD with momentum, channels last; eager, and compiled with CUDA graphs. Median of 50 steps after 10.
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


def resnet20():
    layers, width = [nn.Conv2d(1, 16, 3, 1, 1), nn.ReLU()], 16
    for stage in range(3):
        for index in range(3):
            layers.append(Block(width, 16 << stage, 2 if stage and not index else 1))
            width = 16 << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 10))


def measure(name, batch, compiled):
    torch.manual_seed(1)
    net = resnet20().cuda().to(memory_format=torch.channels_last)
    for parameter in net.parameters():
        if parameter.dim() == 4:
            parameter.data.mul_(0.3)  # without normalisation the default start would overflow
    forward = torch.compile(net, mode="reduce-overhead") if compiled else net
    images = torch.randn(batch, 1, 28, 28, device="cuda").to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (batch,), device="cuda")
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(forward(images), labels).backward()
        optimizer.step()

    for _ in range(10):
        step()
    times = []
    for _ in range(50):
        torch.cuda.synchronize()
        begun = time.perf_counter()
        step()
        torch.cuda.synchronize()
        times.append(time.perf_counter() - begun)
    print(f"{name}: {batch / statistics.median(times):.0f} images/s, batch {batch}, PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}")


def main():
    batch, tf32 = int(sys.argv[1]), sys.argv[2] == "on"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = True
    measure("eager", batch, compiled=False)
    measure("torch.compile(mode='reduce-overhead')", batch, compiled=True)


main()
