using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>
/// Runs kernels, block after block and thread after thread, with the bits of a device, and reports what a device does not: accesses that are out
/// of range, misaligned or of uninitialized memory, data races, divergent barriers and missing lanes. Not safe for several threads at once.
/// </summary>
/// <param name="memory">The device memory.</param>
internal sealed class PtxMachine(GlobalMemory memory)
{
    private readonly BlockRun _run = new(memory);

    /// <summary>The number of instructions that all launches have run. An instruction of the text that is decoded into several counts as several.</summary>
    public long Executed { get; private set; }

    /// <summary>The most instructions that a thread may run in a block; beyond them it counts as an endless loop.</summary>
    public long StepLimit
    {
        get => _run.StepLimit;
        set => _run.StepLimit = value;
    }

    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="grid">The number of blocks along x, y and z, each at least 1.</param>
    /// <param name="block">The number of threads of a block along x, y and z, each at least 1.</param>
    /// <param name="parameters">The bytes of the parameters, each at its offset.</param>
    /// <exception cref="EmulationException">The launch is invalid, or a thread broke a rule of the machine.</exception>
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
            throw new EmulationException($"Launch of {kernel.Name}: the grid is {grid}; the extents must be from (1, 1, 1) to (2^31 - 1, 65535, 65535).");
        }

        if (block.X is 0 or > 1024 || block.Y is 0 or > 1024 || block.Z is 0 or > 64 || block.X * block.Y * block.Z > (uint)kernel.MaxThreads)
        {
            throw new EmulationException($"Launch of {kernel.Name}: the block is {block}; this kernel takes 1 to {kernel.MaxThreads} threads.");
        }

        if (kernel.RequiredBlock is { } required && required != block)
        {
            throw new EmulationException($"Launch of {kernel.Name}: the block is {block}; this kernel requires {required}.");
        }

        if (parameterBytes != kernel.ParameterBytes)
        {
            throw new EmulationException($"Launch of {kernel.Name}: the launch passes {parameterBytes} bytes of parameters; the kernel takes {kernel.ParameterBytes}.");
        }
    }
}
