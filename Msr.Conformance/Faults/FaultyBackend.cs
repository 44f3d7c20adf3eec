using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Conformance.Faults;

/// <summary>
/// A backend with one known defect on board, to test the laws with: ops that the fault affects run as the defective kernel would, everything
/// else passes through. Plans are interpreted on it op by op, so that laws of plans meet the fault too.
/// </summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="inner">The sound backend; this one disposes of it.</param>
/// <param name="fault">The defect.</param>
/// <param name="threads">How many threads the sound backend has, for faults that need to know.</param>
public sealed class FaultyBackend<T>(IBackend<T> inner, Fault fault, int threads = 1) : IBackend<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Dictionary<object, double[]> _memory = [];
    private int _runs;

    /// <inheritdoc/>
    public BackendInfo Info => inner.Info;

    /// <inheritdoc/>
    public bool Supports(Op<T> op) => inner.Supports(op);

    /// <inheritdoc/>
    public Accuracy AccuracyOf(Op<T> op) => inner.AccuracyOf(op);

    /// <inheritdoc/>
    public string AlgorithmOf(Op<T> op) => inner.AlgorithmOf(op);

    /// <inheritdoc/>
    public DeviceMemory<E> Allocate<E>(long length)
        where E : unmanaged => inner.Allocate<E>(length);

    /// <inheritdoc/>
    public void Upload<E>(ReadOnlySpan<E> source, TensorRef<E> destination)
        where E : unmanaged => inner.Upload(source, destination);

    /// <inheritdoc/>
    public void Download<E>(TensorRef<E> source, Span<E> destination)
        where E : unmanaged => inner.Download(source, destination);

    /// <inheritdoc/>
    public void Synchronize() => inner.Synchronize();

    /// <summary>Runs one op, spoilt if the fault affects it. Unlike a real backend it allocates.</summary>
    /// <param name="op">An op whose tensors are this backend's.</param>
    public void Run(Op<T> op)
    {
        ArgumentNullException.ThrowIfNull(op);
        if (fault.Affects(op.Name))
        {
            fault.Run(new FaultyRun<T>(inner, op, _memory, _runs++, threads));
        }
        else
        {
            inner.Run(op);
        }
    }

    /// <summary>Interprets a plan on this backend; a fault of whole steps spoils those.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How to compile it.</param>
    public IExecutable<T> Compile(Plan<T> plan, CompileOptions options) => fault.Compile(new Interpreter<T>(this, plan, options));

    /// <summary>Disposes of the sound backend.</summary>
    public void Dispose() => inner.Dispose();
}

/// <summary>One run of an op as a fault sees it: the op, the sound backend, and means to change what goes in and what comes out.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class FaultyRun<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly IBackend<T> _inner;

    internal FaultyRun(IBackend<T> inner, Op<T> op, Dictionary<object, double[]> memory, int before, int threads) =>
        (_inner, Op, Memory, Before, Threads) = (inner, op, memory, before, threads);

    /// <summary>The op.</summary>
    public Op<T> Op { get; }

    /// <summary>The memory of the fault from run to run, by keys of its own.</summary>
    public IDictionary<object, double[]> Memory { get; }

    /// <summary>How many affected ops ran before on this backend.</summary>
    public int Before { get; }

    /// <summary>How many threads the backend has.</summary>
    public int Threads { get; }

    /// <summary>Runs the op as it is meant.</summary>
    public void Pass() => _inner.Run(Op);

    /// <summary>Runs another op instead.</summary>
    /// <param name="other">An op on the tensors of the same backend.</param>
    public void Run(Op<T> other) => _inner.Run(other);

    /// <summary>An operand as a tensor.</summary>
    /// <typeparam name="E">The element type.</typeparam>
    /// <param name="operand">The operand.</param>
    public static TensorRef<E> Tensor<E>(in Operand operand)
        where E : unmanaged => ((DeviceMemory<E>)operand.Memory).View(operand.Offset, operand.Shape);

    /// <summary>The operand of a name.</summary>
    /// <param name="name">The name.</param>
    public Operand Operand(string name) => Op.Operands.Single(operand => operand.Name == name);

    /// <summary>The contents of an operand, integers too; exact for float32 and float64.</summary>
    /// <param name="operand">The operand.</param>
    public double[] Read(in Operand operand) => operand.Memory is DeviceMemory<int>
        ? Array.ConvertAll(Download(Tensor<int>(operand)), Convert.ToDouble)
        : Array.ConvertAll(Download(Tensor<T>(operand)), double.CreateChecked);

    /// <summary>The contents of an operand.</summary>
    /// <param name="name">The operand's name.</param>
    public double[] Read(string name) => Read(Operand(name));

    /// <summary>Changes what an operand holds.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="values">As many numbers as it has elements; rounded to the element type.</param>
    public void Write(in Operand operand, double[] values)
    {
        if (operand.Memory is DeviceMemory<int>)
        {
            _inner.Upload<int>(Array.ConvertAll(values, Convert.ToInt32), Tensor<int>(operand));
        }
        else
        {
            _inner.Upload<T>(Array.ConvertAll(values, T.CreateChecked), Tensor<T>(operand));
        }
    }

    /// <summary>Changes what an operand holds.</summary>
    /// <param name="name">The operand's name.</param>
    /// <param name="values">As many numbers as it has elements; rounded to the element type.</param>
    public void Write(string name, double[] values) => Write(Operand(name), values);

    /// <summary>
    /// Runs the op on other contents of some operands. What the op only reads is put back afterwards, to the bit: to the laws it looks like
    /// a kernel that computes with something else than it was given.
    /// </summary>
    /// <param name="changed">Operands and what to put there for the run.</param>
    public void PassWith(params IReadOnlyList<(Operand Operand, double[] Values)> changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        List<(Operand Operand, double[] Values)> before = [];
        foreach ((Operand operand, double[] values) in changed)
        {
            if (operand.Access == OperandAccess.Read && !IsWritten(operand))
            {
                before.Add((operand, Read(operand)));
            }

            Write(operand, values);
        }

        Pass();
        before.ForEach(saved => Write(saved.Operand, saved.Values));
    }

    /// <summary>Writes one element outside an operand, if its block reaches there: a copy of its last one.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="place">Which element, counted from the operand's first.</param>
    public void WriteOutside(in Operand operand, long place)
    {
        if (Neighbour(operand, place) is { } element)
        {
            Write(element, [Read(operand)[^1]]);
        }
    }

    /// <summary>An element outside an operand, as an operand of its own; none if its block does not reach there.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="place">Which element, counted from the operand's first.</param>
    public static Operand? Neighbour(in Operand operand, long place)
    {
        long offset = operand.Offset + place;
        return offset < 0 || offset >= operand.Memory.Length ? null : operand with { Offset = offset, Shape = new(1) };
    }

    /// <summary>Whether the op writes where an operand lies, in place.</summary>
    private bool IsWritten(Operand operand) =>
        Op.Operands.Any(other => other.Access != OperandAccess.Read && other.Memory == operand.Memory && other.Offset == operand.Offset);

    private E[] Download<E>(TensorRef<E> tensor)
        where E : unmanaged
    {
        E[] values = new E[tensor.Length];
        _inner.Download(tensor, values);
        return values;
    }
}
