using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace Msr.Cuda.Emulation.Ptx.Execution;

/// <summary>Runs one thread until it waits or ends: the loop that everything else is arranged for.</summary>
internal static class ThreadLoop
{
    /// <summary>Runs a thread from where it is.</summary>
    /// <param name="run">The block.</param>
    /// <param name="thread">The thread in its block.</param>
#pragma warning disable MA0051 // One switch: a call per instruction would cost half of the speed.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(BlockRun run, int thread)
    {
        PtxKernel kernel = run.Kernel;
        ref Instruction code = ref MemoryMarshal.GetArrayDataReference(kernel.Code.Instructions);
        ref ulong r = ref run.Slots[thread * kernel.SlotCount];
        BlockMemory memory = run.Memory;
        int pc = run.Pcs[thread];
        long steps = run.Steps[thread];
        long limit = run.StepLimit;
        while (true)
        {
            ref Instruction i = ref Unsafe.Add(ref code, pc);
        Again:
            steps++;
            switch (i.Op)
            {
                case Opcode.Branch:
                    if (steps > limit)
                    {
                        throw Endless(run, pc);
                    }

                    pc = i.Target;
                    continue;
                case Opcode.BranchIf:
                    if (R(ref r, i.A) == 0)
                    {
                        break;
                    }

                    goto case Opcode.Branch;
                case Opcode.BranchIfNot:
                    if (R(ref r, i.A) != 0)
                    {
                        break;
                    }

                    goto case Opcode.Branch;
                case Opcode.Checked:
                    i = ref Check(run, pc, ref r, ref i);
                    steps--;
                    goto Again;
                case Opcode.Move:
                    R(ref r, i.D) = R(ref r, i.A);
                    break;
                case Opcode.Select:
                    R(ref r, i.D) = R(ref r, i.C) != 0 ? R(ref r, i.A) : R(ref r, i.B);
                    break;
                case Opcode.Pack32:
                    R(ref r, i.D) = R(ref r, i.A) | (R(ref r, i.B) << 32);
                    break;
                case Opcode.Pack16:
                    R(ref r, i.D) = R(ref r, i.A) | (R(ref r, i.B) << 16);
                    break;
                case Opcode.Add32:
                    R(ref r, i.D) = (uint)(R(ref r, i.A) + R(ref r, i.B));
                    break;
                case Opcode.Add64:
                    R(ref r, i.D) = R(ref r, i.A) + R(ref r, i.B);
                    break;
                case Opcode.Subtract32:
                    R(ref r, i.D) = (uint)(R(ref r, i.A) - R(ref r, i.B));
                    break;
                case Opcode.Subtract64:
                    R(ref r, i.D) = R(ref r, i.A) - R(ref r, i.B);
                    break;
                case Opcode.Multiply32:
                    R(ref r, i.D) = (uint)(R(ref r, i.A) * R(ref r, i.B));
                    break;
                case Opcode.Multiply64:
                    R(ref r, i.D) = R(ref r, i.A) * R(ref r, i.B);
                    break;
                case Opcode.MultiplyHighU32:
                    R(ref r, i.D) = (R(ref r, i.A) * R(ref r, i.B)) >> 32;
                    break;
                case Opcode.MultiplyWideS32:
                    R(ref r, i.D) = (ulong)((long)(int)R(ref r, i.A) * (int)R(ref r, i.B));
                    break;
                case Opcode.MultiplyAdd32:
                    R(ref r, i.D) = (uint)((R(ref r, i.A) * R(ref r, i.B)) + R(ref r, i.C));
                    break;
                case Opcode.MultiplyAdd64:
                    R(ref r, i.D) = (R(ref r, i.A) * R(ref r, i.B)) + R(ref r, i.C);
                    break;
                case Opcode.ShiftLeft32:
                    R(ref r, i.D) = R(ref r, i.B) > 31 ? 0 : (uint)(R(ref r, i.A) << (int)R(ref r, i.B));
                    break;
                case Opcode.ShiftLeft64:
                    R(ref r, i.D) = R(ref r, i.B) > 63 ? 0 : R(ref r, i.A) << (int)R(ref r, i.B);
                    break;
                case Opcode.ShiftRightUnsigned:
                    R(ref r, i.D) = R(ref r, i.B) > 63 ? 0 : R(ref r, i.A) >> (int)R(ref r, i.B);
                    break;
                case Opcode.ShiftRightS32:
                    R(ref r, i.D) = (uint)((int)R(ref r, i.A) >> (int)Math.Min(R(ref r, i.B), 31));
                    break;
                case Opcode.And:
                    R(ref r, i.D) = R(ref r, i.A) & R(ref r, i.B);
                    break;
                case Opcode.Or:
                    R(ref r, i.D) = R(ref r, i.A) | R(ref r, i.B);
                    break;
                case Opcode.Xor:
                    R(ref r, i.D) = R(ref r, i.A) ^ R(ref r, i.B);
                    break;
                case Opcode.Truncate32:
                    R(ref r, i.D) = (uint)R(ref r, i.A);
                    break;
                case Opcode.Truncate16:
                    R(ref r, i.D) = (ushort)R(ref r, i.A);
                    break;
                case Opcode.Truncate8:
                    R(ref r, i.D) = (byte)R(ref r, i.A);
                    break;
                case Opcode.SignExtend32:
                    R(ref r, i.D) = (ulong)(int)R(ref r, i.A);
                    break;
                case Opcode.SignExtend16:
                    R(ref r, i.D) = (ulong)(short)R(ref r, i.A);
                    break;
                case Opcode.SignExtend8:
                    R(ref r, i.D) = (ulong)(sbyte)R(ref r, i.A);
                    break;
                case Opcode.MinUnsigned:
                    R(ref r, i.D) = Math.Min(R(ref r, i.A), R(ref r, i.B));
                    break;
                case Opcode.MaxUnsigned:
                    R(ref r, i.D) = Math.Max(R(ref r, i.A), R(ref r, i.B));
                    break;
                case Opcode.Equal:
                    R(ref r, i.D) = Flag(R(ref r, i.A) == R(ref r, i.B));
                    break;
                case Opcode.NotEqual:
                    R(ref r, i.D) = Flag(R(ref r, i.A) != R(ref r, i.B));
                    break;
                case Opcode.LessUnsigned:
                    R(ref r, i.D) = Flag(R(ref r, i.A) < R(ref r, i.B));
                    break;
                case Opcode.LessEqualUnsigned:
                    R(ref r, i.D) = Flag(R(ref r, i.A) <= R(ref r, i.B));
                    break;
                case Opcode.LessS32:
                    R(ref r, i.D) = Flag((int)R(ref r, i.A) < (int)R(ref r, i.B));
                    break;
                case Opcode.LessEqualS32:
                    R(ref r, i.D) = Flag((int)R(ref r, i.A) <= (int)R(ref r, i.B));
                    break;
                case Opcode.LessS64:
                    R(ref r, i.D) = Flag((long)R(ref r, i.A) < (long)R(ref r, i.B));
                    break;
                case Opcode.LessEqualS64:
                    R(ref r, i.D) = Flag((long)R(ref r, i.A) <= (long)R(ref r, i.B));
                    break;
                case Opcode.NotPredicate:
                    R(ref r, i.D) = R(ref r, i.A) ^ 1;
                    break;
                case Opcode.AddF32:
                    R(ref r, i.D) = FloatBits.Bits(F(ref r, i.A) + F(ref r, i.B));
                    break;
                case Opcode.SubtractF32:
                    R(ref r, i.D) = FloatBits.Bits(F(ref r, i.A) - F(ref r, i.B));
                    break;
                case Opcode.MultiplyF32:
                    R(ref r, i.D) = FloatBits.Bits(F(ref r, i.A) * F(ref r, i.B));
                    break;
                case Opcode.DivideF32:
                    R(ref r, i.D) = FloatBits.Bits(F(ref r, i.A) / F(ref r, i.B));
                    break;
                case Opcode.FusedF32:
                    R(ref r, i.D) = FloatBits.Bits(MathF.FusedMultiplyAdd(F(ref r, i.A), F(ref r, i.B), F(ref r, i.C)));
                    break;
                case Opcode.SqrtF32:
                    R(ref r, i.D) = FloatBits.Bits(MathF.Sqrt(F(ref r, i.A)));
                    break;
                case Opcode.ReciprocalF32:
                    R(ref r, i.D) = FloatBits.Bits(1f / F(ref r, i.A));
                    break;
                case Opcode.NegateF32:
                    R(ref r, i.D) = R(ref r, i.A) ^ 0x80000000;
                    break;
                case Opcode.AbsoluteF32:
                    R(ref r, i.D) = R(ref r, i.A) & 0x7fffffff;
                    break;
                case Opcode.MinF32:
                    R(ref r, i.D) = FloatBits.Bits(FloatBits.Min(F(ref r, i.A), F(ref r, i.B)));
                    break;
                case Opcode.MaxF32:
                    R(ref r, i.D) = FloatBits.Bits(FloatBits.Max(F(ref r, i.A), F(ref r, i.B)));
                    break;
                case Opcode.EqualF32:
                    R(ref r, i.D) = Flag(F(ref r, i.A) == F(ref r, i.B));
                    break;
                case Opcode.NotEqualF32:
                    R(ref r, i.D) = Flag(F(ref r, i.A) < F(ref r, i.B) || F(ref r, i.A) > F(ref r, i.B));
                    break;
                case Opcode.LessF32:
                    R(ref r, i.D) = Flag(F(ref r, i.A) < F(ref r, i.B));
                    break;
                case Opcode.LessEqualF32:
                    R(ref r, i.D) = Flag(F(ref r, i.A) <= F(ref r, i.B));
                    break;
                case Opcode.OrderedF32:
                    R(ref r, i.D) = Flag(!float.IsNaN(F(ref r, i.A)) && !float.IsNaN(F(ref r, i.B)));
                    break;
                case Opcode.ConvertF32FromS32:
                    R(ref r, i.D) = FloatBits.Bits((float)(int)R(ref r, i.A));
                    break;
                case Opcode.ConvertF32FromU32:
                    R(ref r, i.D) = FloatBits.Bits((float)(long)R(ref r, i.A));
                    break;
                case Opcode.ConvertS32FromF32:
                    R(ref r, i.D) = (uint)FloatBits.ToS32(F(ref r, i.A));
                    break;
                case Opcode.RoundEvenF32:
                    R(ref r, i.D) = FloatBits.Bits(MathF.Round(F(ref r, i.A), MidpointRounding.ToEven));
                    break;
                case Opcode.LoadGlobal32:
                    run.Pc = pc;
                    R(ref r, i.D) = memory.LoadGlobal32(R(ref r, i.A) + (ulong)i.Immediate, i.Target);
                    break;
                case Opcode.StoreGlobal32:
                    run.Pc = pc;
                    memory.StoreGlobal32(R(ref r, i.A) + (ulong)i.Immediate, i.Target, (uint)R(ref r, i.D));
                    break;
                case Opcode.LoadShared32:
                    run.Pc = pc;
                    R(ref r, i.D) = memory.LoadShared32(R(ref r, i.A) + (ulong)i.Immediate);
                    break;
                case Opcode.StoreShared32:
                    run.Pc = pc;
                    memory.StoreShared32(R(ref r, i.A) + (ulong)i.Immediate, (uint)R(ref r, i.D));
                    break;
                case Opcode.LoadParameter:
                    run.Pc = pc;
                    R(ref r, i.D) = memory.LoadParameter(R(ref r, i.A) + (ulong)i.Immediate, i.Size);
                    break;
                case Opcode.Exit or (>= Opcode.Barrier and <= Opcode.VoteBallot):
                    run.Pcs[thread] = pc;
                    run.Steps[thread] = steps;
                    run.States[thread] = i.Op switch { Opcode.Exit => ThreadState.Exited, Opcode.Barrier => ThreadState.AtBarrier, _ => ThreadState.AtWarp };
                    return;
                default:
                    run.Pc = pc;
                    ExecuteRare(run, ref i, ref r);
                    break;
            }

            pc++;
        }
    }
#pragma warning restore MA0051

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong R(ref ulong slots, ushort slot) => ref Unsafe.Add(ref slots, (nint)slot);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float F(ref ulong slots, ushort slot) => FloatBits.Single(Unsafe.Add(ref slots, (nint)slot));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Flag(bool value) => value ? 1UL : 0;

    private static EmulationException Endless(BlockRun run, int pc) =>
        run.FaultOf(run.Thread, pc, $"the thread has run {run.StepLimit} instructions without ending; look for an endless loop or a wait for another thread");

    private static ref Instruction Check(BlockRun run, int pc, ref ulong r, ref Instruction i)
    {
        UninitializedRead unsure = run.Kernel.Code.Uninitialized[i.Target];
        foreach (ushort slot in unsure.Reads)
        {
            if (R(ref r, slot) == BlockRun.Undefined)
            {
                throw run.FaultOf(run.Thread, pc, "it reads a register that was never written; write it on every way that leads here");
            }
        }

        return ref unsure.Instruction;
    }

    private static void ExecuteRare(BlockRun run, ref Instruction i, ref ulong r)
    {
        if (i.Op >= Opcode.AddF32)
        {
            FloatOperations.Execute(i, ref r, run);
            return;
        }

        if (i.Op >= Opcode.Move)
        {
            IntegerOperations.Execute(i, ref r, run);
            return;
        }

        BlockMemory memory = run.Memory;
        ulong address = R(ref r, i.A) + (ulong)i.Immediate;
        if (i.Op == Opcode.Atomic)
        {
            R(ref r, i.D) = memory.Update(i, address, R(ref r, i.B), R(ref r, i.C));
            return;
        }

        memory.CheckAlignment(address, i.Size * i.Count);
        Span<ushort> slots = [i.D, i.B, i.C, i.E];
        bool load = i.Op is Opcode.Load or Opcode.LoadGlobal64;
        for (int k = 0; k < i.Count; k++)
        {
            if (load)
            {
                R(ref r, slots[k]) = memory.Load(i, address + (ulong)(k * i.Size));
            }
            else
            {
                memory.Store(i, address + (ulong)(k * i.Size), R(ref r, slots[k]));
            }
        }
    }
}
