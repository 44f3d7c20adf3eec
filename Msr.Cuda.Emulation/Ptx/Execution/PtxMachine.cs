using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>
/// Runs kernels, block after block and thread after thread, with the bits that a device would give, and finds what a device would not tell:
/// accesses out of range, misaligned or of memory never written, races, divergent barriers, missing lanes. Not safe for several threads at once.
/// </summary>
/// <param name="memory">The device memory.</param>
internal sealed class PtxMachine(GlobalMemory memory)
{
    private readonly BlockRun _run = new(memory);

    /// <summary>How many instructions all launches have run. An instruction of the text may count as several where it is decoded into several.</summary>
    public long Executed { get; private set; }

    /// <summary>How many instructions a thread may run in a block before its loop is taken for endless.</summary>
    public long StepLimit
    {
        get => _run.StepLimit;
        set => _run.StepLimit = value;
    }

    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="grid">How many blocks, in three directions, each at least 1.</param>
    /// <param name="block">How many threads a block has, in three directions, each at least 1.</param>
    /// <param name="parameters">The bytes of the parameters, each at its offset.</param>
    /// <exception cref="EmulationException">The launch is malformed, or a thread did what it must not do.</exception>
    public void Launch(PtxKernel kernel, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block, ReadOnlySpan<byte> parameters)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Check(kernel, grid, block, parameters.Length);
        _run.Begin(kernel, grid, block, parameters);
        for (uint z = 0; z < grid.Z; z++)
        {
            for (uint y = 0; y < grid.Y; y++)
            {
                for (uint x = 0; x < grid.X; x++)
                {
                    Executed += _run.Run((x, y, z));
                }
            }
        }
    }

    private static void Check(PtxKernel kernel, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block, int parameterBytes)
    {
        if (grid.X is 0 or > int.MaxValue || grid.Y is 0 or > 65535 || grid.Z is 0 or > 65535)
        {
            throw new EmulationException($"Launch of {kernel.Name}: a grid of {grid}; it has 1 to 2^31 - 1, 65535 and 65535 blocks.");
        }

        if (block.X is 0 or > 1024 || block.Y is 0 or > 1024 || block.Z is 0 or > 64 || block.X * block.Y * block.Z > (uint)kernel.MaxThreads)
        {
            throw new EmulationException($"Launch of {kernel.Name}: a block of {block} threads; this kernel takes 1 to {kernel.MaxThreads}.");
        }

        if (kernel.RequiredBlock is { } required && required != block)
        {
            throw new EmulationException($"Launch of {kernel.Name}: a block of {block} threads; this kernel takes {required} only.");
        }

        if (parameterBytes != kernel.ParameterBytes)
        {
            throw new EmulationException($"Launch of {kernel.Name}: {parameterBytes} bytes of parameters; it takes {kernel.ParameterBytes}.");
        }
    }
}
