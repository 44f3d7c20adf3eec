using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>
/// Runs kernels as a GPU would, and finds what a GPU would not: accesses outside of memory or unaligned, reads of what nobody wrote, races
/// within and between blocks, barriers that not all threads reach. Blocks run one after the other, warps of a block in turns, the lanes of a
/// warp together. One thread at a time.
/// </summary>
/// <param name="memory">The memory of the device.</param>
internal sealed unsafe class PtxMachine(GlobalMemory memory) : IDisposable
{
    /// <summary>The lanes of a warp.</summary>
    public const int Lanes = 32;

    private const uint Poison = 0xDEAD_BEEF;

    private ulong* _registers;
    private long _room;
    private MemoryBlock _shared = new(0, 4);
    private Warp[] _warps = [];

    /// <summary>The instructions that were executed so far, each lane counted.</summary>
    public long Executed { get; private set; }

    /// <summary>Runs a kernel to its end.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="grid">The blocks.</param>
    /// <param name="block">The threads of a block.</param>
    /// <param name="parameters">The bytes of its parameters.</param>
    /// <exception cref="EmulationException">The kernel does what is wrong, or the launch does not fit it.</exception>
    public void Launch(PtxKernel kernel, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block, ReadOnlySpan<byte> parameters)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ulong threads = (ulong)block.X * block.Y * block.Z;
        if (threads == 0 || threads > (ulong)kernel.MaxThreads || (ulong)grid.X * grid.Y * grid.Z == 0)
        {
            throw new EmulationException($"{kernel.Name} takes 1 to {kernel.MaxThreads} threads a block; it was launched with [{block.X}, {block.Y}, {block.Z}] in blocks [{grid.X}, {grid.Y}, {grid.Z}]");
        }

        if (parameters.Length != kernel.ParameterBytes)
        {
            throw new EmulationException($"{kernel.Name} takes {kernel.ParameterBytes} bytes of parameters; it was launched with {parameters.Length}");
        }

        Prepare(kernel, (int)threads, grid, block);
        memory.Clock.BeginLaunch();
        fixed (byte* bytes = parameters)
        {
            BlockRun run = new(kernel, _warps, memory, _shared, bytes);
            try
            {
                RunBlocks(run, grid);
            }
            finally
            {
                Executed += run.Executed;
            }
        }
    }

    /// <summary>Gives the registers back.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_registers);
        _registers = null;
        (_room, _warps) = (0, []);
    }

    private static void RunBlocks(BlockRun run, (uint X, uint Y, uint Z) grid)
    {
        for (uint z = 0; z < grid.Z; z++)
        {
            for (uint y = 0; y < grid.Y; y++)
            {
                for (uint x = 0; x < grid.X; x++)
                {
                    run.Run((x, y, z));
                }
            }
        }
    }

    private void Prepare(PtxKernel kernel, int threads, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block)
    {
        int warps = (threads + Lanes - 1) / Lanes;
        long perWarp = (long)kernel.Registers * Lanes, needed = perWarp * warps;
        if (needed > _room)
        {
            _registers = (ulong*)NativeMemory.Realloc(_registers, (nuint)needed * sizeof(ulong));
            _room = needed;
        }

        if (_shared.Length < kernel.SharedBytes)
        {
            _shared = new MemoryBlock(0, kernel.SharedBytes);
        }

        new Span<ulong>(_registers, checked((int)needed)).Fill(Poison);
        _warps = [.. Enumerable.Range(0, warps).Select(w => new Warp(kernel, _registers + (w * perWarp), w * Lanes, Math.Min(Lanes, threads - (w * Lanes))))];
        foreach (Warp warp in _warps)
        {
            warp.SetConstants(grid, block);
        }
    }
}
