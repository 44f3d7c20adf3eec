using Msr.Cuda.Emulation.Memory;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>Runs the blocks of one launch: warps in turns, from barrier to barrier.</summary>
internal sealed unsafe class BlockRun
{
    private readonly PtxKernel _kernel;
    private readonly Warp[] _warps;
    private readonly GlobalMemory _memory;
    private readonly MemoryBlock _shared;
    private readonly WarpMemory _access;
    private int _block;

    /// <summary>Makes ready for the blocks of a launch.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="warps">The warps of a block.</param>
    /// <param name="memory">The memory of the device.</param>
    /// <param name="shared">The memory of the block.</param>
    /// <param name="parameters">The bytes of the kernel's parameters.</param>
    public BlockRun(PtxKernel kernel, Warp[] warps, GlobalMemory memory, MemoryBlock shared, byte* parameters)
    {
        (_kernel, _warps, _memory, _shared) = (kernel, warps, memory, shared);
        _access = new WarpMemory(kernel, memory, shared, parameters);
    }

    /// <summary>The instructions that were executed, each lane counted.</summary>
    public long Executed => _warps.Sum(static warp => warp.Executed);

    /// <summary>Runs one block.</summary>
    /// <param name="place">Its place in the grid.</param>
    public void Run((uint X, uint Y, uint Z) place)
    {
        _memory.Clock.BeginBlock();
        if (_kernel.SharedBytes > 0)
        {
            _shared.Renew();
        }

        _access.FirstThread = unchecked((_block++ * _warps.Length * PtxMachine.Lanes) + 1) & int.MaxValue;
        foreach (Warp warp in _warps)
        {
            warp.Begin(place);
        }

        for (bool running = true; running;)
        {
            foreach (Warp warp in _warps)
            {
                RunWarp(warp, place);
            }

            running = Meet(place);
        }
    }

    private void RunWarp(Warp warp, (uint X, uint Y, uint Z) place)
    {
        try
        {
            warp.Run(_access);
        }
        catch (EmulationException fault)
        {
            throw Place(fault.Message, warp, place);
        }
    }

    /// <summary>Lets the threads go on that wait at a barrier. No threads may have left without them, or wait at another.</summary>
    /// <returns>Whether there are any.</returns>
    private bool Meet((uint X, uint Y, uint Z) place)
    {
        if (Array.TrueForAll(_warps, static warp => warp.HasEnded))
        {
            return false;
        }

        int barrier = _warps.First(static warp => !warp.HasEnded).Barrier;
        foreach (Warp warp in _warps)
        {
            if (warp.ComplainAtBarrier(barrier) is { } complaint)
            {
                throw Place($"{complaint}: all threads of a block must meet at the same barrier, at '{_kernel.Texts[barrier]}'", warp, place);
            }
        }

        foreach (Warp warp in _warps)
        {
            warp.PassBarrier();
        }

        _memory.Clock.PassBarrier();
        return true;
    }

    private EmulationException Place(string message, Warp warp, (uint X, uint Y, uint Z) place) =>
        new($"{_kernel.Name}, block [{place.X}, {place.Y}, {place.Z}], thread {warp.FirstThread + warp.FaultyLane}, '{_kernel.Texts[warp.FaultyInstruction]}': {message}");
}
