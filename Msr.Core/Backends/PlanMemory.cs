using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>The memory that an executable allocates for a plan, once: one block for all activations, and every other buffer.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class PlanMemory<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<DeviceMemory, DeviceMemory> _buffers = new(ReferenceEqualityComparer.Instance);

    public PlanMemory(IBackend<T> backend, Plan<T> plan, bool evaluationOnly)
    {
        ImmutableArray<Op<T>> training = evaluationOnly ? [] : [.. plan.Begin, .. plan.Forward, .. plan.Backward, .. plan.Update];
        Evaluation = Arena.Pack(plan.EvaluationForward);
        Training = evaluationOnly ? null : Arena.Pack(training);
        Activations = backend.Allocate<T>(Math.Max(1, Math.Max(Evaluation.Length, Training?.Length ?? 0)));
        try
        {
            AllocateAll(backend, plan, training);
        }
        catch
        {
            // The one who would dispose of this never gets it.
            Dispose();
            throw;
        }

        Report = MakeReport();
    }

    public IReadOnlyDictionary<DeviceMemory, DeviceMemory> Buffers => _buffers;

    public DeviceMemory<T> Activations { get; }

    public Arena Evaluation { get; }

    public Arena? Training { get; }

    public MemoryReport Report { get; }

    public void Dispose()
    {
        Activations.Dispose();
        foreach (DeviceMemory memory in _buffers.Values)
        {
            memory.Dispose();
        }
    }

    private void AllocateAll(IBackend<T> backend, Plan<T> plan, ImmutableArray<Op<T>> training)
    {
        foreach (Op<T> op in plan.EvaluationForward.Concat(training))
        {
            foreach (Operand operand in op.Operands)
            {
                AllocateOnce(backend, operand.Memory);
            }
        }

        foreach (DeviceMemory port in (DeviceMemory[])[plan.Ports.Images.Memory, plan.Ports.Samples.Memory, plan.Ports.Scalars.Memory, plan.Ports.StepIndex.Memory])
        {
            AllocateOnce(backend, port);
        }
    }

    private void AllocateOnce(IBackend<T> backend, DeviceMemory memory)
    {
        bool packed = Evaluation.TryGetOffset(memory, out _) || (Training?.TryGetOffset(memory, out _) ?? false);
        if (!packed && !_buffers.ContainsKey(memory))
        {
            _buffers.Add(memory, ((IPlanBuffer)memory).AllocateOn(backend, memory.Length));
        }
    }

    private MemoryReport MakeReport()
    {
        var byRole = _buffers.Keys.Cast<IPlanBuffer>()
            .GroupBy(static buffer => buffer.Role)
            .OrderBy(static group => group.Key)
            .Select(static group => ($"{group.Key}", group.Sum(static buffer => buffer.ByteLength)));
        return new MemoryReport([("Activations, packed by liveness", Activations.ByteLength), .. byRole]);
    }
}

/// <summary>The bytes an executable holds, by purpose, in the order of allocation.</summary>
/// <param name="Entries">Purpose and bytes.</param>
public sealed record MemoryReport(ImmutableArray<(string Purpose, long Bytes)> Entries)
{
    /// <summary>All bytes together.</summary>
    public long TotalBytes => Entries.Sum(static entry => entry.Bytes);
}
