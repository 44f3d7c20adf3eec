using System.Globalization;
using System.Numerics;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Core.Backends;

/// <summary>Finds the first op that makes a number which is not finite out of numbers that are.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class FiniteObserver<T> : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What was found: op, operand, element and layer; null while everything is finite.</summary>
    public string? Finding { get; private set; }

    /// <inheritdoc/>
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
    }

    /// <inheritdoc/>
    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound)
    {
        ArgumentNullException.ThrowIfNull(backend);
        ArgumentNullException.ThrowIfNull(planned);
        ArgumentNullException.ThrowIfNull(bound);
        for (int i = 0; Finding is null && i < bound.Operands.Length; i++)
        {
            Operand operand = bound.Operands[i];
            if (operand.Access != OperandAccess.Read && operand.Memory is DeviceMemory<T> memory)
            {
                Inspect(backend, planned, planned.Operands[i], memory.View(operand.Offset, operand.Shape));
            }
        }
    }

    private void Inspect(IBackend<T> backend, Op<T> planned, Operand operand, TensorRef<T> tensor)
    {
        T[] values = new T[tensor.Length];
        backend.Download(tensor, values);
        int index = Array.FindIndex(values, static value => !T.IsFinite(value));
        if (index >= 0)
        {
            string buffer = operand.Memory is IPlanBuffer planBuffer ? planBuffer.Name : "its destination";
            Finding = string.Create(
                CultureInfo.InvariantCulture, $"{planned.Name} wrote {values[index]} into element {index} of '{operand.Name}' {operand.Shape} ({buffer})");
        }
    }
}
