using System.Numerics;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Cases;

/// <summary>
/// An op with its geometry and constants, without tensors: it can be built for any backend and element type, knows what contents suit it,
/// and how far a result may be from the truth. docs/error-bounds.md derives every bound.
/// </summary>
public abstract class OpCase : TestCase, IOpSource
{
    /// <summary>The key of the parameter by which a case adds to its destinations instead of writing them.</summary>
    public const string AccumulateKey = "accumulate";

    private const int Chunk = 64;
    private readonly Lazy<CaseData> _data;
    private readonly Lazy<Dictionary<string, OperandAccess>> _access;
    private (Subject Subject, Run Run)? _last;
    private (bool ByOracle, Truth Truth)? _truth;

    private protected OpCase(CaseEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        _data = new Lazy<CaseData>(() => Draw(Descriptor.Values));
        _access = new Lazy<Dictionary<string, OperandAccess>>(
            () => Operands.ToDictionary(static o => o.Name, static o => o.Access, StringComparer.Ordinal));
    }

    /// <summary>Whether the op has the choice to accumulate.</summary>
    public bool Accumulates => Parameters.Has(AccumulateKey);

    /// <summary>The operands, without contents.</summary>
    public IEnumerable<Operand> Operands => Build(new HostOperands<double>()).Operands;

    /// <summary>The contents that the descriptor stands for.</summary>
    public CaseData Data => _data.Value;

    /// <summary>Whether small integers give exact results in any order of summation.</summary>
    public virtual bool IsExactOnIntegers => true;

    /// <summary>The length n of the longest sum: how many products or terms make one result; 1 where nothing is summed.</summary>
    public virtual int AccumulationLength => 1;

    /// <summary>Floating-point operations of one run, by definition: a product and a sum are two.</summary>
    public abstract long Flops { get; }

    /// <summary>Elements that one run must move at least: every operand once, twice where it is read and written.</summary>
    public long Elements => Operands.Sum(static operand => operand.Shape.Length * (operand.Access == OperandAccess.Accumulate ? 2 : 1));

    /// <summary>Whether every output is a sum of products of zero-mean inputs, so that the statistical line applies on normal contents.</summary>
    public virtual bool HasStatisticalLine => false;

    /// <summary>How many results are 0 by definition, such as padded channels: they are not held against a case.</summary>
    public virtual long StructuralZeros => 0;

    /// <summary>Destinations that may lie exactly over a source, as the op declares them.</summary>
    public IEnumerable<(string Source, string Destination)> InPlace =>
        from source in Operands
        where source.MayBeOverwritten
        from destination in Operands
        where destination.Access == OperandAccess.Write
        select (source.Name, destination.Name);

    /// <summary>The ops that give its gradients, on the same geometry; a case that accumulates has those of <see cref="Writing"/>.</summary>
    public virtual IReadOnlyList<GradientPair> Gradients => [];

    /// <summary>Operands that a result is linear in while all others stay as they are and <see cref="Offsets"/> are 0.</summary>
    public virtual IReadOnlyList<(string Operand, string Result)> LinearIn => [];

    /// <summary>Operands that are added to the result of all others: with zeros in them an affine op is linear.</summary>
    public virtual IReadOnlyList<string> Offsets => [];

    /// <summary>The parameter that counts samples, each of whose results depends on that sample alone; none where samples meet.</summary>
    public virtual string? SampleParameter => null;

    /// <summary>The windows on the plane [n, h, w, c] between inputs <c>x</c>, <c>dx</c> and outputs <c>y</c>, <c>dy</c>, by axis; none for other ops.</summary>
    public virtual (WindowAxis Rows, WindowAxis Columns)? Windows => null;

    /// <summary>The same case without accumulation.</summary>
    public OpCase Writing => Accumulates && Parameters.Flag(AccumulateKey) ? With(AccumulateKey, 0) : this;

    /// <inheritdoc/>
    public abstract Op<T> Build<T>(IOperands<T> at)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>
    /// Draws contents for every operand that the case reads; those it only writes have none. Every 64 elements have a stream of their own: an
    /// element depends on the seed, the operand and its index alone.
    /// </summary>
    /// <param name="values">The value class.</param>
    public CaseData Draw(ValueClass values)
    {
        CaseData data = new();
        RandomStream stream = new(Descriptor.Seed);
        foreach (Operand operand in Operands.Where(static o => o.Access != OperandAccess.Write))
        {
            RandomStream own = stream.Split(operand.Name);
            int length = checked((int)operand.Shape.Length);
            if (operand.Memory.ElementType == typeof(int))
            {
                data.Integers[operand.Name] = Draw(length, own, (draws, i) => Index(operand.Name, i, draws));
            }
            else
            {
                data.Reals[operand.Name] = Draw(length, own, (draws, _) => Element(operand.Name, draws, values));
            }
        }

        return data;
    }

    /// <summary>One element of an operand that is read.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="draws">Where from.</param>
    /// <param name="values">The value class.</param>
    public virtual double Element(string operand, Draws draws, ValueClass values)
    {
        ArgumentNullException.ThrowIfNull(draws);
        return values == ValueClass.WideIntegers && IsSecondFactor(operand) ? draws.OneOf(-1, 1) : draws.Real(values);
    }

    /// <summary>One element of an operand of integers that is read.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="index">The element.</param>
    /// <param name="draws">Where from.</param>
    public virtual int Index(string operand, int index, Draws draws) =>
        throw new NotSupportedException($"{Descriptor.Kind} does not say what '{operand}' holds.");

    /// <summary>Whether an operand is the second factor of products: ±1 where the first is a wide integer.</summary>
    /// <param name="operand">The operand.</param>
    public virtual bool IsSecondFactor(string operand) => false;

    /// <summary>Whether the outermost extent of an operand is the samples that <see cref="SampleParameter"/> counts.</summary>
    /// <param name="operand">The operand.</param>
    public virtual bool IsPerSample(string operand) => true;

    /// <summary>Whether the op contract says what NaN and infinities in an operand lead to.</summary>
    /// <param name="operand">The operand.</param>
    public virtual bool TakesSpecialValues(string operand) => true;

    /// <summary>The number that stands for one of an operand when the op is run on absolute values to weigh its result.</summary>
    /// <param name="operand">The operand.</param>
    /// <param name="value">The number.</param>
    public virtual double Magnitude(string operand, double value) => Math.Abs(value);

    /// <summary>How many roundings the longest path into a result has; 0 where the result is the correctly rounded one.</summary>
    /// <param name="operand">The result.</param>
    public virtual int Roundings(string operand) => throw new NotSupportedException($"{Descriptor.Kind} does not bound '{operand}'.");

    /// <summary>
    /// The largest error per element under a rounding; 0 demands the correctly rounded result. Unless a case knows better, it is
    /// ((1 + γ_n)·(1 + u_in)² − 1)·m + 2n·η with m from the run on absolute values: n products and n sums may each underflow.
    /// </summary>
    /// <param name="operand">The result.</param>
    /// <param name="truth">The case's truth.</param>
    /// <param name="rounding">The rounding.</param>
    public virtual double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(rounding);
        int n = Roundings(operand);
        return n == 0
            ? new double[truth.Output(operand).Length]
            : Array.ConvertAll(truth.Magnitude(operand), m => (rounding.Products(n) * m) + (2 * n * rounding.Underflow));
    }

    /// <summary>
    /// Contents on which a backend that transforms tiles gives exact results all the same, and the largest number that occurs on the way to each;
    /// nothing for ops that are not transformed.
    /// </summary>
    public virtual (CaseData Data, Func<Truth, double[]> Weights)? TransformedIntegers() => null;

    /// <summary>Whether a run writes an operand.</summary>
    /// <param name="operand">The operand.</param>
    public bool Writes(string operand) => _access.Value[operand] != OperandAccess.Read;

    /// <summary>The truth of the case's own contents; several laws look at it.</summary>
    /// <param name="judged">The backend under test.</param>
    public Truth TruthFor(Subject judged)
    {
        ArgumentNullException.ThrowIfNull(judged);
        if (_truth?.ByOracle != !judged.IsOracle)
        {
            _truth = (!judged.IsOracle, new Truth(this, Data, judged));
        }

        return _truth.Value.Truth;
    }

    /// <summary>Runs the case on its own contents; several laws look at one run.</summary>
    /// <param name="subject">The backend.</param>
    public Run RunOn(Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (_last?.Subject != subject)
        {
            _last = (subject, subject.Run(this, Data));
        }

        return _last.Value.Run;
    }

    /// <summary>The same case with another value of a parameter.</summary>
    /// <param name="key">The parameter.</param>
    /// <param name="value">The value.</param>
    public OpCase With(string key, int value) => (OpCase)Entry.Create(Descriptor with { Parameters = Parameters.With(key, value) });

    private static E[] Draw<E>(int length, RandomStream stream, Func<Draws, int, E> draw)
    {
        E[] elements = new E[length];
        Draws draws = new(stream);
        for (int i = 0; i < length; i++)
        {
            draws = i % Chunk == 0 ? new Draws(stream.Split((ulong)(i / Chunk))) : draws;
            elements[i] = draw(draws, i);
        }

        return elements;
    }
}

/// <summary>An op and the op that gives its gradient by one of its inputs, on the same geometry.</summary>
/// <param name="Forward">The op.</param>
/// <param name="Backward">Its gradient op.</param>
/// <param name="Input">The input of <paramref name="Forward"/> that the gradient is taken by.</param>
/// <param name="Output">The output of <paramref name="Forward"/>.</param>
/// <param name="Upstream">The operand of <paramref name="Backward"/> that holds the gradient of the output; one element counts for every output.</param>
/// <param name="Gradient">The operand of <paramref name="Backward"/> that holds the gradient of the input.</param>
public sealed record GradientPair(OpCase Forward, OpCase Backward, string Input, string Output, string Upstream, string Gradient)
{
    /// <summary>Whether the op is linear in the input near any point, so that its gradient op is its adjoint there.</summary>
    public bool IsLinear { get; init; } = true;

    /// <summary>Half the width h of a difference: 1 where the op is linear in the input, else a power of 2 small enough to see a slope.</summary>
    public double Step { get; init; } = 1;

    /// <summary>Moves contents to where a step of <see cref="Step"/> crosses no kink.</summary>
    public Func<CaseData, CaseData> AwayFromKinks { get; init; } = static inputs => inputs;

    /// <summary>The truncation error of the difference, from inputs, weights of the outputs and element: h²/6·max|L‴|, 0 where the op is linear.</summary>
    public Func<CaseData, double[], int, double> Truncation { get; init; } = static (_, _, _) => 0;

    /// <summary>The operands that the gradient op calls by other names.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The contents of the gradient op: what the op read and wrote, the upstream gradient, and zeros where it adds.</summary>
    /// <param name="inputs">What the op read.</param>
    /// <param name="outputs">What it wrote.</param>
    /// <param name="upstream">The gradient of its output.</param>
    public CaseData Bind(CaseData inputs, CaseData outputs, double[] upstream)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        CaseData data = new();
        foreach (Operand operand in Backward.Operands.Where(static o => o.Access != OperandAccess.Write))
        {
            string name = Renamed.GetValueOrDefault(operand.Name, operand.Name);
            if (operand.Name == Upstream)
            {
                data.Reals[operand.Name] = upstream;
            }
            else if (operand.Access == OperandAccess.Accumulate)
            {
                data.Reals[operand.Name] = new double[operand.Shape.Length];
            }
            else if (operand.Memory.ElementType == typeof(int))
            {
                data.Integers[operand.Name] = inputs.Integers.TryGetValue(name, out int[]? given) ? given : outputs.Integers[name];
            }
            else
            {
                data.Reals[operand.Name] = inputs.Reals.TryGetValue(name, out double[]? given) ? given : outputs.Reals[name];
            }
        }

        return data;
    }

    /// <summary>How many elements the upstream gradient has.</summary>
    internal int UpstreamLength => checked((int)Backward.Operands.Single(operand => operand.Name == Upstream).Shape.Length);
}

/// <summary>Windows along one axis of a plane: window p reads the elements from p·stride − before on, span elements wide.</summary>
/// <param name="Extent">Elements of the axis.</param>
/// <param name="Count">The number of windows.</param>
/// <param name="Stride">Elements from one window to the next.</param>
/// <param name="Before">Padding before the first element.</param>
/// <param name="Span">From the first to the last element that a window reads, both included.</param>
public sealed record WindowAxis(int Extent, int Count, int Stride, int Before, int Span)
{
    /// <summary>Whether a window exists and reads no padding.</summary>
    /// <param name="window">The window.</param>
    public bool IsInside(int window) =>
        window >= 0 && window < Count && (window * Stride) - Before >= 0 && (window * Stride) - Before + Span <= Extent;
}
