using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Memory;
using Msr.Cuda.Emulation.Ptx.Decoding;
using Msr.Cuda.Emulation.Ptx.Syntax;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>
/// The state of the running block: its threads, their registers, its memory. Threads run one after the other, each until it waits or ends, so
/// runs are deterministic. The arrays grow with the largest launch and stay.
/// </summary>
/// <param name="memory">The device memory.</param>
internal sealed class BlockRun(GlobalMemory memory)
{
    /// <summary>The value of an unwritten register of a kernel that may read one. No narrower register can hold it.</summary>
    public const ulong Undefined = 0xdead_5afe_c0de_beef;

    private readonly uint[] _phases = new uint[32];
    private (uint X, uint Y, uint Z) _block;
    private (uint X, uint Y, uint Z) _index;

    /// <summary>The memory that the threads reach.</summary>
    public BlockMemory Memory { get; } = new(memory);

    /// <summary>The running kernel.</summary>
    public PtxKernel Kernel { get; private set; } = null!;

    /// <summary>The number of threads of the block.</summary>
    public int Threads { get; private set; }

    /// <summary>Per thread, its slots, <see cref="PtxKernel.SlotCount"/> each.</summary>
    public ulong[] Slots { get; private set; } = [];

    /// <summary>Per thread, the next instruction, or the one that it waits at.</summary>
    public int[] Pcs { get; } = new int[1024];

    /// <summary>The state of each thread.</summary>
    public ThreadState[] States { get; } = new ThreadState[1024];

    /// <summary>The instructions that each thread has run in this block.</summary>
    public long[] Steps { get; } = new long[1024];

    /// <summary>The running thread.</summary>
    public int Thread { get; set; }

    /// <summary>The running instruction, for messages.</summary>
    public int Pc { get; set; }

    /// <summary>The most instructions that a thread may run in a block; beyond them it counts as an endless loop.</summary>
    public long StepLimit { get; set; } = 200_000_000;

    /// <summary>Prepares a launch: constants and what is the same for all blocks.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="grid">The number of blocks.</param>
    /// <param name="block">The number of threads of a block.</param>
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
    /// <returns>The number of instructions that its threads ran.</returns>
    /// <exception cref="EmulationException">A thread broke a rule of the machine.</exception>
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

    /// <summary>Notes that all lanes of a warp have met: accesses before and after that barrier do not race.</summary>
    /// <param name="warp">The warp.</param>
    public void BeginWarpPhase(int warp)
    {
        if (++_phases[warp] > RaceDetector.MaxPhase)
        {
            throw Fault($"the emulation follows at most {RaceDetector.MaxPhase} warp barriers between two barriers of the block");
        }
    }

    /// <summary>The exception for a fault of the running thread.</summary>
    /// <param name="what">The fault and its remedy.</param>
    public EmulationException Fault(string what) => FaultOf(Thread, Pc, what);

    /// <summary>The exception for a fault of a thread.</summary>
    /// <param name="thread">The thread in its block.</param>
    /// <param name="pc">Its instruction.</param>
    /// <param name="what">The fault and its remedy.</param>
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

        if (Kernel.Code.Uninitialized.Length > 0)
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
                Memory.Accessor = RaceDetector.Pack(t, phase);
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
            throw FaultOf(waiting, Pcs[waiting], $"the thread waits at a barrier of its block, but thread {gone} has ended ({exited} of {Threads} threads); all threads must reach the barrier");
        }

        for (int t = 0; t < Threads; t++)
        {
            if (Pcs[t] != Pcs[waiting])
            {
                int line = Kernel.StatementOf(Pcs[waiting]).Line;
                throw FaultOf(t, Pcs[t], $"the thread waits at another barrier than thread {waiting}, which waits at line {line}; all threads must reach the same barrier");
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

/// <summary>The state of a thread while others run.</summary>
internal enum ThreadState : byte
{
    /// <summary>It can run.</summary>
    Ready,

    /// <summary>It waits at a barrier of its block.</summary>
    AtBarrier,

    /// <summary>It waits for lanes of its warp.</summary>
    AtWarp,

    /// <summary>It has ended.</summary>
    Exited,
}
