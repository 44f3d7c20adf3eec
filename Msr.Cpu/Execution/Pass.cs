using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Cpu.Kernels;

namespace Msr.Cpu.Execution;

/// <summary>A pass over a batch: a list of ops, split, and where the activations of a micro-batch lie.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="split">The list.</param>
/// <param name="groups">What is done sample by sample, in groups.</param>
/// <param name="arena">The activations of a micro-batch.</param>
/// <param name="shared">What all micro-batches share.</param>
/// <param name="evaluates">Whether it is the pass of an evaluation, between two of which parameters stay as they are.</param>
internal sealed class Pass<T>(SampleSplit<T> split, IReadOnlyList<OpGroup<T>> groups, Arena arena, SharedMemory<T> shared, bool evaluates)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The list.</summary>
    public SampleSplit<T> Split { get; } = split;

    /// <summary>The ops of single samples, in groups.</summary>
    public IReadOnlyList<OpGroup<T>> Groups { get; } = groups;

    /// <summary>The activations of a micro-batch.</summary>
    public Arena Arena { get; } = arena;

    /// <summary>Whether it is the pass of an evaluation.</summary>
    public bool Evaluates { get; } = evaluates;

    /// <summary>Whether <see cref="Before"/> computes the same again and again until parameters change.</summary>
    public bool DependsOnParametersAlone { get; } = ReadsParametersAlone(split);

    /// <summary>Whether <see cref="Before"/> was run since parameters changed.</summary>
    public bool IsFresh { get; set; }

    /// <summary>The ops before the samples.</summary>
    public Op<T>[] Before { get; } = [.. split.Before.Select(op => op.Rebind(shared))];

    /// <summary>The ops after all samples.</summary>
    public Op<T>[] After { get; } = [.. split.After.Select(op => op.Rebind(shared))];

    private static bool ReadsParametersAlone(SampleSplit<T> split)
    {
        HashSet<DeviceMemory> written = new(ReferenceEqualityComparer.Instance);
        foreach (Operand operand in split.Before.SelectMany(static op => op.Operands))
        {
            bool known = written.Contains(operand.Memory) || ((IPlanBuffer)operand.Memory).Role == BufferRole.Parameter;
            if (operand.Access == OperandAccess.Accumulate || (operand.Access == OperandAccess.Read && !known))
            {
                return false;
            }

            if (operand.Access == OperandAccess.Write)
            {
                written.Add(operand.Memory);
            }
        }

        return !split.After.SelectMany(static op => op.Operands).Any(operand => operand.Access != OperandAccess.Read && written.Contains(operand.Memory));
    }
}

/// <summary>
/// A batch cut into micro-batches as even as can be, and these dealt to partitions in order. A partition adds up its micro-batches one after
/// another, partitions are added up by a binary tree: the order of every sum follows from the number of samples alone.
/// </summary>
/// <param name="samples">The samples of the batch, at least 1.</param>
/// <param name="size">The most samples of a micro-batch, at least 1.</param>
internal readonly struct MicroBatches(int samples, int size)
{
    /// <summary>The most partitions: each needs room for all sums.</summary>
    public const int MostPartitions = 16;

    /// <summary>The number of micro-batches.</summary>
    public int Count { get; } = ((samples - 1) / size) + 1;

    /// <summary>The number of partitions.</summary>
    public int Partitions => Math.Min(Count, MostPartitions);

    /// <summary>The first sample of a micro-batch; the number of samples for the one after the last.</summary>
    /// <param name="index">Which micro-batch.</param>
    public int StartOf(int index) => (int)((long)samples * index / Count);

    /// <summary>The first micro-batch of a partition; the number of micro-batches for the one after the last.</summary>
    /// <param name="partition">Which partition.</param>
    public int FirstOf(int partition) => (int)((long)Count * partition / Partitions);
}
