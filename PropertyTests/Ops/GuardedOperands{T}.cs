using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>
/// Tensors at odd offsets between guards of NaN. A read beyond a tensor spoils the result, a write beyond it is seen, and an element that is
/// not written keeps its poison.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="backend">Where the tensors are allocated.</param>
/// <param name="inPlace">A destination that lies exactly over a source, for ops that allow it.</param>
internal sealed class GuardedOperands<T>(IBackend<T> backend, (string Source, string Destination)? inPlace = null) : IOperands<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Lead = 7;
    private const int Trail = 9;
    private const int Poison = int.MinValue + 5;
    private readonly Dictionary<string, TensorRef<T>> _reals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorRef<int>> _integers = new(StringComparer.Ordinal);

    public TensorRef<T> Real(string name, Shape shape) => name == inPlace?.Destination
        ? _reals[inPlace.Value.Source]
        : _reals[name] = backend.Allocate<T>(Lead + shape.Length + Trail).View(Lead, shape);

    public TensorRef<int> Integer(string name, Shape shape) =>
        _integers[name] = backend.Allocate<int>(Lead + shape.Length + Trail).View(Lead, shape);

    /// <summary>Guards every tensor, poisons what will be written and uploads what will be read.</summary>
    public void Fill(Op<T> op, CaseData inputs)
    {
        foreach (Operand operand in op.Operands.Where(operand => operand.Name != inPlace?.Destination))
        {
            bool reads = operand.Access != OperandAccess.Write;
            if (_reals.TryGetValue(operand.Name, out TensorRef<T> real))
            {
                Upload(real, T.NaN, reads ? Array.ConvertAll(inputs.Reals[operand.Name], T.CreateChecked) : null);
            }
            else
            {
                Upload(_integers[operand.Name], Poison, reads ? inputs.Integers[operand.Name] : null);
            }
        }
    }

    /// <summary>Downloads every tensor, checks guards, poison and inputs, and gives the memory back.</summary>
    public CaseData Collect(Op<T> op, CaseData inputs, string text)
    {
        CaseData results = new();
        foreach (Operand operand in op.Operands.Where(operand => operand.Name != inPlace?.Destination))
        {
            string place = $"{text}: operand '{operand.Name}' on {backend.Info.Name}";
            bool reads = operand.Access == OperandAccess.Read && operand.Name != inPlace?.Source;
            if (_reals.TryGetValue(operand.Name, out TensorRef<T> real))
            {
                double[] values = Array.ConvertAll(Download(real, T.IsNaN, place), double.CreateChecked);
                Assert.True(!reads || values.AsSpan().SequenceEqual(inputs.Reals[operand.Name]), $"{place}: an input was changed.");
                results.Reals[operand.Name] = values;
            }
            else
            {
                int[] values = Download(_integers[operand.Name], static value => value == Poison, place);
                Assert.True(!reads || values.AsSpan().SequenceEqual(inputs.Integers[operand.Name]), $"{place}: an input was changed.");
                Assert.False(values.Contains(Poison), $"{place}: not every element was written.");
                results.Integers[operand.Name] = values;
            }

            operand.Memory.Dispose();
        }

        return results;
    }

    private void Upload<E>(TensorRef<E> tensor, E guard, E[]? contents)
        where E : unmanaged
    {
        E[] whole = new E[tensor.Memory.Length];
        whole.AsSpan().Fill(guard);
        contents?.CopyTo(whole, Lead);
        backend.Upload<E>(whole, tensor.Memory.All());
    }

    private E[] Download<E>(TensorRef<E> tensor, Predicate<E> isGuard, string place)
        where E : unmanaged
    {
        E[] whole = new E[tensor.Memory.Length];
        backend.Download(tensor.Memory.All(), whole);
        bool intact = Array.TrueForAll(whole[..Lead], isGuard) && Array.TrueForAll(whole[^Trail..], isGuard);
        Assert.True(intact, $"{place}: the op wrote beyond it.");
        return whole[Lead..^Trail];
    }
}
