using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;

namespace Msr.Cpu.Execution;

/// <summary>What ops of single samples add up over all samples of a batch, such as the gradient of a filter.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="Total">Where the sum goes, in the plan's memory.</param>
/// <param name="Adds">Whether it is added to what is there.</param>
/// <param name="Offset">Where a micro-batch's own sum lies in its block of sums.</param>
internal sealed record SampleSum<T>(TensorRef<T> Total, bool Adds, long Offset)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether an operand is this sum.</summary>
    /// <param name="operand">The operand.</param>
    public bool Is(Operand operand) => Holds(operand.Memory, operand.Offset) && operand.Offset == Total.Offset && operand.Shape.Length == Total.Length;

    /// <summary>Whether an element of a memory belongs to it.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="offset">The element.</param>
    public bool Holds(DeviceMemory memory, long offset) =>
        ReferenceEquals(memory, Total.Memory) && offset >= Total.Offset && offset < Total.Offset + Total.Length;
}
