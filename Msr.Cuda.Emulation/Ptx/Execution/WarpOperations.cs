using System.Numerics;
using System.Runtime.CompilerServices;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>
/// What the lanes of a warp do together: shuffles, votes, warp barriers. All lanes that the mask names must be there, at the same instruction,
/// with the same mask. That is stricter than the devices, which let off lanes that have ended: what is read from such a lane is not specified.
/// </summary>
internal static class WarpOperations
{
    /// <summary>Lets the lanes that wait for each other go on.</summary>
    /// <param name="run">The block.</param>
    /// <param name="first">The first thread of the warp.</param>
    /// <param name="last">The end of the warp.</param>
    /// <returns>Whether any lane goes on; false where none waits for its warp.</returns>
    /// <exception cref="EmulationException">Lanes wait, and none of them can go on.</exception>
    public static bool Resolve(BlockRun run, int first, int last)
    {
        bool moved = false;
        int stuck = -1;
        for (int t = first; t < last; t++)
        {
            if (run.States[t] != ThreadState.AtWarp)
            {
                continue;
            }

            if (Missing(run, first, last, t) >= 0)
            {
                stuck = stuck < 0 ? t : stuck;
                continue;
            }

            Execute(run, first, last, t);
            moved = true;
        }

        return moved || (stuck >= 0 ? throw Explain(run, first, last, stuck) : false);
    }

    // A lane of the mask of this thread that is not there with it, or -1.
    private static int Missing(BlockRun run, int first, int last, int thread)
    {
        uint mask = Mask(run, thread);
        if ((mask & (1u << (thread - first))) == 0)
        {
            throw run.FaultOf(thread, run.Pcs[thread], $"lane {thread - first} is not in its own mask 0x{mask:x8}; the mask must name every participating lane");
        }

        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            int other = first + lane;
            if (other >= last || run.States[other] != ThreadState.AtWarp || run.Pcs[other] != run.Pcs[thread] || Mask(run, other) != mask)
            {
                return lane;
            }
        }

        return -1;
    }

    private static EmulationException Explain(BlockRun run, int first, int last, int thread)
    {
        uint mask = Mask(run, thread);
        int lane = Missing(run, first, last, thread);
        int other = first + lane;
        string why;
        if (other >= last)
        {
            why = "does not exist: the warp is not full";
        }
        else if (run.States[other] == ThreadState.Exited)
        {
            why = "has ended";
        }
        else if (run.States[other] == ThreadState.AtBarrier)
        {
            why = $"waits at a barrier of the block at line {run.Kernel.StatementOf(run.Pcs[other]).Line}";
        }
        else
        {
            why = run.Pcs[other] == run.Pcs[thread]
                ? $"has another mask, 0x{Mask(run, other):x8}"
                : $"waits at another instruction, at line {run.Kernel.StatementOf(run.Pcs[other]).Line}";
        }

        return run.FaultOf(thread, run.Pcs[thread], $"lane {lane} of the mask 0x{mask:x8} {why}; all lanes of the mask must reach this instruction");
    }

    private static uint Mask(BlockRun run, int thread) => (uint)Slot(run, thread, InstructionOf(run, thread).F);

    private static ref ulong Slot(BlockRun run, int thread, ushort slot) => ref run.Slots[(thread * run.Kernel.SlotCount) + slot];

    // A watched instruction stands in for the one that was decoded.
    private static ref readonly Instruction InstructionOf(BlockRun run, int thread)
    {
        ref readonly Instruction i = ref run.Kernel.Code.Instructions[run.Pcs[thread]];
        if (i.Op != Opcode.Checked)
        {
            return ref i;
        }

        return ref run.Kernel.Code.Uninitialized[i.Target].Instruction;
    }

    [SkipLocalsInit]
    private static void Execute(BlockRun run, int first, int last, int thread)
    {
        Instruction i = InstructionOf(run, thread);
        uint mask = Mask(run, thread);
        if (i.Op == Opcode.WarpBarrier)
        {
            BeginWarpPhase(run, first, last, mask);
        }
        else if (i.Op >= Opcode.VoteAll)
        {
            Vote(run, first, i, mask);
        }
        else
        {
            Shuffle(run, first, i, mask);
        }

        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int other = first + BitOperations.TrailingZeroCount(rest);
            (run.States[other], run.Pcs[other]) = (ThreadState.Ready, run.Pcs[other] + 1);
        }
    }

    private static void BeginWarpPhase(BlockRun run, int first, int last, uint mask)
    {
        for (int t = first; t < last; t++)
        {
            if (run.States[t] != ThreadState.Exited && (mask & (1u << (t - first))) == 0)
            {
                return; // Part of a warp met: the other lanes' accesses are not ordered, and a mark distinguishes warps, not parts of them.
            }
        }

        run.BeginWarpPhase(first / 32);
    }

    private static void Vote(BlockRun run, int first, in Instruction i, uint mask)
    {
        uint ballot = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            ballot |= Slot(run, first + lane, i.A) != 0 ? 1u << lane : 0;
        }

        ulong result = i.Op switch
        {
            Opcode.VoteAll => ballot == mask ? 1UL : 0,
            Opcode.VoteAny => ballot != 0 ? 1UL : 0,
            Opcode.VoteUniform => ballot == mask || ballot == 0 ? 1UL : 0,
            _ => ballot,
        };
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            Slot(run, first + BitOperations.TrailingZeroCount(rest), i.D) = result;
        }
    }

    // The operand C holds a bound in its low 5 bits and, from bit 8 on, the bits of the lane that are kept: segments of a warp.
    private static void Shuffle(BlockRun run, int first, in Instruction i, uint mask)
    {
        Span<(ulong Value, ulong Inside)> results = stackalloc (ulong, ulong)[32];
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            int thread = first + lane;
            int by = (int)Slot(run, thread, i.B) & 31;
            int bound = (int)Slot(run, thread, i.C) & 31;
            int segment = (int)(Slot(run, thread, i.C) >> 8) & 31;
            int highest = (lane & segment) | (bound & ~segment);
            int source = i.Op switch
            {
                Opcode.ShuffleUp => lane - by,
                Opcode.ShuffleDown => lane + by,
                Opcode.ShuffleButterfly => lane ^ by,
                _ => (lane & segment) | (by & ~segment),
            };
            bool inside = i.Op == Opcode.ShuffleUp ? source >= highest : source <= highest;
            source = inside ? source : lane;
            if ((mask & (1u << source)) == 0)
            {
                throw run.FaultOf(thread, run.Pcs[thread], $"the shuffle reads lane {source}, which is not in its mask 0x{mask:x8}; the mask must name every participating lane");
            }

            results[lane] = (Slot(run, first + source, i.A), inside ? 1UL : 0);
        }

        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            Slot(run, first + lane, i.D) = results[lane].Value;
            Slot(run, first + lane, i.E) = results[lane].Inside;
        }
    }
}
