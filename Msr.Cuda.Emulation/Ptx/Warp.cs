using System.Numerics;

namespace Msr.Cuda.Emulation.Ptx;

/// <summary>
/// 32 threads that run together where they stand at the same instruction. Where they part, those that are furthest behind go first, so that
/// they meet again as soon as they can.
/// </summary>
internal sealed unsafe class Warp
{
    private const long LongestRun = 400_000_000;

    private readonly PtxKernel _kernel;
    private readonly ulong* _registers;
    private readonly uint _all;
    private readonly int[] _at = new int[PtxMachine.Lanes];
    private uint _running;
    private uint _atBarrier;
    private uint _atShuffle;

    /// <summary>Makes a warp.</summary>
    /// <param name="kernel">The kernel it runs.</param>
    /// <param name="registers">Its registers, [registers, 32].</param>
    /// <param name="firstThread">The number of its first thread within the block.</param>
    /// <param name="threads">How many threads it has, at most 32.</param>
    public Warp(PtxKernel kernel, ulong* registers, int firstThread, int threads)
    {
        (_kernel, FirstThread) = (kernel, firstThread);
        _registers = registers;
        _all = threads == PtxMachine.Lanes ? uint.MaxValue : (1u << threads) - 1;
    }

    /// <summary>The number of the first thread within the block.</summary>
    public int FirstThread { get; }

    /// <summary>The instructions that were executed, each lane counted.</summary>
    public long Executed { get; private set; }

    /// <summary>Whether all threads have ended.</summary>
    public bool HasEnded => (_running | _atBarrier | _atShuffle) == 0;

    /// <summary>The barrier that the first waiting thread waits at.</summary>
    public int Barrier => _at[BitOperations.TrailingZeroCount(_atBarrier)];

    /// <summary>The instruction that the last fault came from.</summary>
    public int FaultyInstruction { get; private set; }

    /// <summary>The lane that the last fault came from.</summary>
    public int FaultyLane { get; set; }

    /// <summary>Fills the registers that never change.</summary>
    /// <param name="grid">The blocks of the launch.</param>
    /// <param name="block">The threads of a block.</param>
    public void SetConstants((uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) block)
    {
        foreach ((int register, ulong value) in _kernel.Constants)
        {
            new Span<ulong>(Register(register), PtxMachine.Lanes).Fill(value);
        }

        foreach ((int register, string name) in _kernel.Specials)
        {
            for (int lane = 0; lane < PtxMachine.Lanes; lane++)
            {
                uint thread = (uint)(FirstThread + lane);
                Register(register)[lane] = name switch
                {
                    "%tid.x" => thread % block.X,
                    "%tid.y" => thread / block.X % block.Y,
                    "%tid.z" => thread / block.X / block.Y,
                    "%ntid.x" => block.X,
                    "%ntid.y" => block.Y,
                    "%ntid.z" => block.Z,
                    "%nctaid.x" => grid.X,
                    "%nctaid.y" => grid.Y,
                    "%nctaid.z" => grid.Z,
                    _ => (uint)lane,
                };
            }
        }
    }

    /// <summary>Goes to the beginning, in a new block.</summary>
    /// <param name="place">The block's place in the grid.</param>
    public void Begin((uint X, uint Y, uint Z) place)
    {
        (_running, _atBarrier, _atShuffle) = (_all, 0, 0);
        Array.Clear(_at);
        foreach ((int register, string name) in _kernel.Specials)
        {
            if (name.StartsWith("%ctaid", StringComparison.Ordinal))
            {
                new Span<ulong>(Register(register), PtxMachine.Lanes).Fill(name[^1] switch { 'x' => place.X, 'y' => place.Y, _ => place.Z });
            }
        }
    }

    /// <summary>The values of a register, [32].</summary>
    /// <param name="place">Its place.</param>
    public ulong* Register(int place) => _registers + ((long)place * PtxMachine.Lanes);

    /// <summary>Runs until every thread has ended or waits at a barrier.</summary>
    /// <param name="memory">The way to memory.</param>
    /// <exception cref="EmulationException">A thread does what is wrong.</exception>
    public void Run(WarpMemory memory)
    {
        long limit = Executed + LongestRun;
        while ((_running | _atShuffle) != 0)
        {
            if (_running == 0)
            {
                Shuffle();
            }
            else
            {
                RunTogether(memory, limit);
            }
        }
    }

    /// <summary>What is wrong if all threads of the block are to go on from a barrier; null if nothing.</summary>
    /// <param name="barrier">The barrier.</param>
    public string? ComplainAtBarrier(int barrier)
    {
        (FaultyInstruction, FaultyLane) = (barrier, 0);
        if (_atBarrier != _all)
        {
            FaultyLane = BitOperations.TrailingZeroCount(_all & ~_atBarrier);
            return "the thread has ended while others wait";
        }

        FaultyLane = Math.Max(0, Array.FindIndex(_at, 0, BitOperations.PopCount(_all), at => at != barrier));
        return _at[FaultyLane] == barrier ? null : $"the thread waits at another barrier, line {_kernel.Code[_at[FaultyLane]].Line}";
    }

    /// <summary>Goes on behind the barrier.</summary>
    public void PassBarrier()
    {
        Stand(_all, Barrier + 1);
        (_running, _atBarrier) = (_all, 0);
    }

    /// <summary>Runs the threads that are furthest behind until they end, wait, part, or catch up with others.</summary>
    private void RunTogether(WarpMemory memory, long limit)
    {
        (int at, uint lanes, int next) = Behind();
        PtxInstruction[] code = _kernel.Code;
        int together = BitOperations.PopCount(lanes);
        while (at < next)
        {
            FaultyInstruction = at;
            if (at >= code.Length || Executed > limit)
            {
                throw new EmulationException(at >= code.Length ? "the kernel has no end" : "the thread seems never to end");
            }

            ref readonly PtxInstruction instruction = ref code[at];
            Executed += together;
            uint active = instruction.Guard < 0 ? lanes : lanes & Where(instruction);
            switch (instruction.Kind)
            {
                case PtxKind.Arithmetic:
                    instruction.Arithmetic(
                        Register(instruction.Destination), Register(instruction.A), Register(instruction.B), Register(instruction.C), active);
                    at++;
                    break;
                case PtxKind.Branch:
                    if (active != 0 && active != lanes)
                    {
                        Stand(active, instruction.Target);
                        Stand(lanes & ~active, at + 1);
                        return;
                    }

                    at = active == 0 ? at + 1 : instruction.Target;
                    break;
                case PtxKind.Exit:
                    _running &= ~active;
                    Stand(lanes & ~active, at + 1);
                    return;
                case PtxKind.Barrier:
                    Wait(ref _atBarrier, active, lanes, at);
                    return;
                case PtxKind.ShuffleButterfly or PtxKind.ShuffleDown or PtxKind.ShuffleIndexed:
                    Wait(ref _atShuffle, active, lanes, at);
                    return;
                default:
                    memory.Access(this, instruction, active);
                    at++;
                    break;
            }
        }

        Stand(lanes, at);
    }

    /// <summary>The threads that are furthest behind: where they stand, who they are, and where the next ones stand.</summary>
    private (int At, uint Lanes, int Next) Behind()
    {
        int first = int.MaxValue, next = int.MaxValue;
        uint lanes = 0;
        for (uint left = _running; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left), at = _at[lane];
            if (at < first)
            {
                (first, next, lanes) = (at, first, 0);
            }
            else if (at > first)
            {
                next = Math.Min(next, at);
            }

            lanes |= at == first ? 1u << lane : 0;
        }

        return (first, lanes, next);
    }

    private void Stand(uint lanes, int at)
    {
        for (; lanes != 0; lanes &= lanes - 1)
        {
            _at[BitOperations.TrailingZeroCount(lanes)] = at;
        }
    }

    private void Wait(ref uint waiting, uint active, uint lanes, int at)
    {
        Stand(active, at);
        Stand(lanes & ~active, at + 1);
        _running &= ~active;
        waiting |= active;
    }

    private uint Where(in PtxInstruction instruction)
    {
        ulong* predicate = Register(instruction.Guard);
        uint lanes = 0;
        for (int lane = 0; lane < PtxMachine.Lanes; lane++)
        {
            lanes |= (uint)(predicate[lane] & 1) << lane;
        }

        return instruction.GuardInverted ? ~lanes : lanes;
    }

    /// <summary>Exchanges registers once all threads of the warp have come to one shuffle.</summary>
    private void Shuffle()
    {
        int at = FaultyInstruction = _at[BitOperations.TrailingZeroCount(_atShuffle)];
        for (int lane = 0; lane < PtxMachine.Lanes; lane++)
        {
            if ((_atShuffle & (1u << lane)) == 0 || _at[lane] != at)
            {
                FaultyLane = lane;
                throw new EmulationException("the thread does not take part in a shuffle of all 32 lanes");
            }
        }

        ref readonly PtxInstruction instruction = ref _kernel.Code[at];
        ulong* source = Register(instruction.A), by = Register(instruction.B), destination = Register(instruction.Destination);
        ulong* taken = stackalloc ulong[PtxMachine.Lanes];
        for (int lane = 0; lane < PtxMachine.Lanes; lane++)
        {
            int other = instruction.Kind switch
            {
                PtxKind.ShuffleButterfly => lane ^ (int)(by[lane] & 31),
                PtxKind.ShuffleDown => lane + (int)(by[lane] & 31),
                _ => (int)(by[lane] & 31),
            };
            taken[lane] = (uint)source[other < PtxMachine.Lanes ? other : lane];
        }

        new Span<ulong>(taken, PtxMachine.Lanes).CopyTo(new Span<ulong>(destination, PtxMachine.Lanes));
        Stand(_atShuffle, at + 1);
        (_running, _atShuffle) = (_running | _atShuffle, 0);
    }
}
