"""Images per second of PyTorch training ResNet-20 on a GPU, without normalisation: the peer of gpu-day.sh.

usage: pytorch_gpu.py BATCH on|off        (TF32)
Random 28x28 images of one channel, SGD with momentum, channels last; eager, and compiled with CUDA graphs. Median of 50 steps after 10.
Needs pytorch_resnet20.py beside it, where the bundle puts it.
"""
import statistics
import sys
import time

import torch
from torch.nn import functional as F

from pytorch_resnet20 import resnet20


def measure(name, batch, compiled):
    torch.manual_seed(1)
    net = resnet20(channels=1).cuda().to(memory_format=torch.channels_last)
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
