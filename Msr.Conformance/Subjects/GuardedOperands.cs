using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Subjects;

/// <summary>
/// Tensors at any offset between guards of NaN. A read beyond a tensor spoils the result, a write beyond it is seen, and an element that is
/// not written keeps its poison: a NaN of its own, which arithmetic does not make.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class GuardedOperands<T>(IBackend<T> backend, RunOptions options) : IOperands<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Trail = 19;
    private const int IntegerPoison = int.MinValue + 5;
    private readonly Dictionary<string, TensorRef<T>> _reals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorRef<int>> _integers = new(StringComparer.Ordinal);
    private string? _overrun;
    private string? _unwritten;
    private string? _changed;

    private static T Poison { get; } = typeof(T) == typeof(float)
        ? T.CreateTruncating(BitConverter.Int32BitsToSingle(0x7FC5A5A5))
        : T.CreateTruncating(BitConverter.Int64BitsToDouble(0x7FF8A5A5A5A5A5A5));

    public TensorRef<T> Real(string name, Shape shape) => name == options.Destination
        ? _reals[options.Source!]
        : _reals[name] = backend.Allocate<T>(options.Lead + shape.Length + Trail).View(options.Lead, shape);

    public TensorRef<int> Integer(string name, Shape shape) =>
        _integers[name] = backend.Allocate<int>(options.Lead + shape.Length + Trail).View(options.Lead, shape);

    /// <summary>Guards every tensor, poisons what will be written and uploads what will be read.</summary>
    public void Fill(Op<T> op, CaseData inputs)
    {
        foreach (Operand operand in op.Operands.Where(operand => operand.Name != options.Destination))
        {
            bool reads = operand.Access != OperandAccess.Write;
            if (_reals.TryGetValue(operand.Name, out TensorRef<T> real))
            {
                Upload(real, Poison, reads ? Array.ConvertAll(inputs.Reals[operand.Name], T.CreateChecked) : null);
            }
            else
            {
                Upload(_integers[operand.Name], IntegerPoison, reads ? inputs.Integers[operand.Name] : null);
            }
        }
    }

    /// <summary>Downloads every tensor and looks at guards, poison and inputs.</summary>
    public Run Collect(Op<T> op, CaseData inputs)
    {
        CaseData results = new();
        foreach (Operand operand in op.Operands.Where(operand => operand.Name != options.Destination))
        {
            bool reads = operand.Access == OperandAccess.Read && operand.Name != options.Source;
            if (_reals.TryGetValue(operand.Name, out TensorRef<T> real))
            {
                T[] got = Download(operand.Name, real, IsPoison);
                results.Reals[operand.Name] = Array.ConvertAll(got, double.CreateChecked);
                T[]? before = reads ? Array.ConvertAll(inputs.Reals[operand.Name], T.CreateChecked) : null;
                Inspect(operand.Name, got, before, IsPoison, SameBits);
            }
            else
            {
                int[] got = results.Integers[operand.Name] = Download(operand.Name, _integers[operand.Name], static value => value == IntegerPoison);
                int[]? before = reads ? inputs.Integers[operand.Name] : null;
                Inspect(operand.Name, got, before, static value => value == IntegerPoison, static (a, b) => a == b);
            }
        }

        return new Run(results, _overrun, _unwritten, _changed);
    }

    public void Dispose()
    {
        foreach (TensorRef<T> tensor in _reals.Values)
        {
            tensor.Memory.Dispose();
        }

        foreach (TensorRef<int> tensor in _integers.Values)
        {
            tensor.Memory.Dispose();
        }
    }

    private static bool IsPoison(T value) => SameBits(value, Poison);

    private static bool SameBits(T a, T b) => typeof(T) == typeof(float)
        ? BitConverter.SingleToInt32Bits(float.CreateTruncating(a)) == BitConverter.SingleToInt32Bits(float.CreateTruncating(b))
        : BitConverter.DoubleToInt64Bits(double.CreateTruncating(a)) == BitConverter.DoubleToInt64Bits(double.CreateTruncating(b));

    private void Inspect<E>(string name, E[] got, E[]? before, Predicate<E> isPoison, Func<E, E, bool> same)
    {
        for (int i = 0; i < got.Length; i++)
        {
            if (before is null && isPoison(got[i]))
            {
                _unwritten ??= $"'{name}'[{i}]";
            }

            if (before is not null && !same(got[i], before[i]))
            {
                _changed ??= $"'{name}'[{i}]";
            }
        }
    }

    private void Upload<E>(TensorRef<E> tensor, E guard, E[]? contents)
        where E : unmanaged
    {
        E[] whole = new E[tensor.Memory.Length];
        whole.AsSpan().Fill(guard);
        contents?.CopyTo(whole, options.Lead);
        backend.Upload<E>(whole, tensor.Memory.All());
    }

    private E[] Download<E>(string name, TensorRef<E> tensor, Predicate<E> isGuard)
        where E : unmanaged
    {
        E[] whole = new E[tensor.Memory.Length];
        backend.Download(tensor.Memory.All(), whole);
        int end = whole.Length - Trail;
        for (int i = 0; i < whole.Length; i++)
        {
            if ((i < options.Lead || i >= end) && !isGuard(whole[i]))
            {
                _overrun ??= $"'{name}'[{i - options.Lead}] of {end - options.Lead}";
            }
        }

        return whole[options.Lead..end];
    }
}

/// <summary>The results of a guarded run of a case.</summary>
/// <param name="Outputs">What every operand holds.</param>
/// <param name="Overrun">The operand beyond whose end or before whose beginning something was written, and where; none if all is well.</param>
/// <param name="Unwritten">The operand that still holds poison, and where.</param>
/// <param name="Changed">The input that was changed, and where.</param>
public sealed record Run(CaseData Outputs, string? Overrun, string? Unwritten, string? Changed);

/// <summary>How a case is laid out in memory.</summary>
/// <param name="Lead">Elements before every operand: its offset in its block.</param>
/// <param name="Source">An operand that a destination lies exactly over; none for memory of their own.</param>
/// <param name="Destination">The destination.</param>
public sealed record RunOptions(int Lead = 7, string? Source = null, string? Destination = null)
{
    /// <summary>An odd offset, nothing in place.</summary>
    public static RunOptions Default { get; } = new();
}
