using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Decoding;
using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>
/// The state of the running block: its threads, their registers, its memory. One thread runs after the other, each until it waits or ends, so a
/// run is the same every time. The arrays grow with the largest launch and stay.
/// </summary>
/// <param name="memory">The device memory.</param>
internal sealed class BlockRun(GlobalMemory memory)
{
    /// <summary>What a register holds before it is written, where that is watched. No narrower register can hold it.</summary>
    public const ulong Undefined = 0xdead_5afe_c0de_beef;

    private readonly uint[] _phases = new uint[32];
    private (uint X, uint Y, uint Z) _block;
    private (uint X, uint Y, uint Z) _index;

    /// <summary>The memory that the threads reach.</summary>
    public BlockMemory Memory { get; } = new(memory);

    /// <summary>The running kernel.</summary>
    public PtxKernel Kernel { get; private set; } = null!;

    /// <summary>How many threads the block has.</summary>
    public int Threads { get; private set; }

    /// <summary>Per thread, its slots, <see cref="PtxKernel.SlotCount"/> each.</summary>
    public ulong[] Slots { get; private set; } = [];

    /// <summary>Per thread, the next instruction, or the one that it waits at.</summary>
    public int[] Pcs { get; } = new int[1024];

    /// <summary>Per thread, what it does.</summary>
    public ThreadState[] States { get; } = new ThreadState[1024];

    /// <summary>Per thread, how many instructions it has run in this block.</summary>
    public long[] Steps { get; } = new long[1024];

    /// <summary>The running thread.</summary>
    public int Thread { get; set; }

    /// <summary>The running instruction, for messages.</summary>
    public int Pc { get; set; }

    /// <summary>How many instructions a thread may run in a block before it is taken for endless.</summary>
    public long StepLimit { get; set; } = 200_000_000;

    /// <summary>Prepares a launch: constants and what is the same for all blocks.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="grid">How many blocks.</param>
    /// <param name="block">How many threads a block has.</param>
    /// <param name="parameters">The bytes of the parameters.</param>
    public void Begin(PtxKernel kernel, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block, ReadOnlySpan<byte> parameters)
    {
        (Kernel, _block, Threads) = (kernel, block, (int)(block.X * block.Y * block.Z));
        Memory.Begin(this, parameters);
        if (Slots.Length < Threads * kernel.SlotCount)
        {
            Slots = new ulong[Threads * kernel.SlotCount];
        }

        foreach ((ulong value, ushort slot) in kernel.Constants)
        {
            Fill(slot, value);
        }

        foreach ((SpecialRegister register, ushort slot) in kernel.Specials)
        {
            for (int t = 0; t < Threads; t++)
            {
                (uint x, uint rest) = ((uint)t % block.X, (uint)t / block.X);
                Slots[(t * kernel.SlotCount) + slot] = register switch
                {
                    SpecialRegister.ThreadX => x,
                    SpecialRegister.ThreadY => rest % block.Y,
                    SpecialRegister.ThreadZ => rest / block.Y,
                    SpecialRegister.Lane => (uint)t & 31,
                    SpecialRegister.BlockSizeX => block.X,
                    SpecialRegister.BlockSizeY => block.Y,
                    SpecialRegister.BlockSizeZ => block.Z,
                    SpecialRegister.GridSizeX => grid.X,
                    SpecialRegister.GridSizeY => grid.Y,
                    _ => grid.Z,
                };
            }
        }
    }

    /// <summary>Runs one block from its start to its end.</summary>
    /// <param name="index">Which block of the grid.</param>
    /// <returns>How many instructions its threads ran.</returns>
    /// <exception cref="EmulationException">A thread did what it must not do.</exception>
    public long Run((uint X, uint Y, uint Z) index)
    {
        Start(index);
        do
        {
            Array.Clear(_phases);
            for (int first = 0; first < Threads; first += 32)
            {
                int last = Math.Min(first + 32, Threads);
                do
                {
                    RunWarp(first, last);
                }
                while (WarpOperations.Resolve(this, first, last));
            }
        }
        while (PassBarrier());

        long executed = 0;
        foreach (long steps in Steps.AsSpan(0, Threads))
        {
            executed += steps;
        }

        return executed;
    }

    /// <summary>Notes that all lanes of a warp have met: their accesses before and after do not race.</summary>
    /// <param name="warp">The warp.</param>
    public void PartAccesses(int warp)
    {
        if (++_phases[warp] > RaceWatch.MaxPhase)
        {
            throw Fault($"more than {RaceWatch.MaxPhase} warp barriers between two barriers of the block cannot be followed");
        }
    }

    /// <summary>The error that the running thread is at fault.</summary>
    /// <param name="what">What is wrong, and what to do.</param>
    public EmulationException Fault(string what) => FaultOf(Thread, Pc, what);

    /// <summary>The error that a thread is at fault.</summary>
    /// <param name="thread">The thread in its block.</param>
    /// <param name="pc">Its instruction.</param>
    /// <param name="what">What is wrong, and what to do.</param>
    public EmulationException FaultOf(int thread, int pc, string what)
    {
        (uint x, uint rest) = ((uint)thread % _block.X, (uint)thread / _block.X);
        PtxStatement statement = Kernel.StatementOf(pc);
        return new EmulationException(
            $"Kernel {Kernel.Name}, block ({_index.X}, {_index.Y}, {_index.Z}), thread ({x}, {rest % _block.Y}, {rest / _block.Y}), "
            + $"at '{statement.Text}' (PTX line {statement.Line}): {what}.");
    }

    private void Fill(int slot, ulong value)
    {
        for (int t = 0; t < Threads; t++)
        {
            Slots[(t * Kernel.SlotCount) + slot] = value;
        }
    }

    private void Start((uint X, uint Y, uint Z) index)
    {
        _index = index;
        Memory.StartBlock();
        Pcs.AsSpan(0, Threads).Clear();
        States.AsSpan(0, Threads).Clear();
        Steps.AsSpan(0, Threads).Clear();
        foreach ((SpecialRegister register, ushort slot) in Kernel.Specials)
        {
            if (register is SpecialRegister.BlockX or SpecialRegister.BlockY or SpecialRegister.BlockZ)
            {
                Fill(slot, register switch { SpecialRegister.BlockX => index.X, SpecialRegister.BlockY => index.Y, _ => index.Z });
            }
        }

        if (Kernel.Code.Unsure.Length > 0)
        {
            for (int t = 0; t < Threads; t++)
            {
                Slots.AsSpan(t * Kernel.SlotCount, Kernel.RegisterCount).Fill(Undefined);
            }
        }
    }

    private void RunWarp(int first, int last)
    {
        uint phase = _phases[first / 32];
        for (int t = first; t < last; t++)
        {
            if (States[t] == ThreadState.Ready)
            {
                Thread = t;
                Memory.Who = RaceWatch.Who(t, phase);
                ThreadLoop.Run(this, t);
            }
        }
    }

    // All threads wait or have ended. Returns false where all have ended.
    private bool PassBarrier()
    {
        int exited = States.AsSpan(0, Threads).Count(ThreadState.Exited);
        if (exited == Threads)
        {
            return false;
        }

        int waiting = States.AsSpan(0, Threads).IndexOf(ThreadState.AtBarrier);
        if (exited > 0)
        {
            int gone = States.AsSpan(0, Threads).IndexOf(ThreadState.Exited);
            throw FaultOf(waiting, Pcs[waiting], $"it waits for its block, but thread {gone} has ended ({exited} of {Threads} threads); all must reach the barrier");
        }

        for (int t = 0; t < Threads; t++)
        {
            if (Pcs[t] != Pcs[waiting])
            {
                int line = Kernel.StatementOf(Pcs[waiting]).Line;
                throw FaultOf(t, Pcs[t], $"it waits at another barrier than thread {waiting}, which waits at line {line}; all must reach the same one");
            }
        }

        for (int t = 0; t < Threads; t++)
        {
            (States[t], Pcs[t]) = (ThreadState.Ready, Pcs[t] + 1);
        }

        Memory.NextInterval();
        return true;
    }
}

/// <summary>What a thread does between two turns.</summary>
internal enum ThreadState : byte
{
    /// <summary>It can run.</summary>
    Ready,

    /// <summary>It waits for its block.</summary>
    AtBarrier,

    /// <summary>It waits for lanes of its warp.</summary>
    AtWarp,

    /// <summary>It has ended.</summary>
    Exited,
}
