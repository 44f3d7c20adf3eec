using System.Numerics;
using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>
/// An op with its geometry and constants, without tensors: it can be built for any backend and element type, knows what contents suit it,
/// and how far a result may be from the truth. docs/error-bounds.md derives every bound.
/// </summary>
public abstract class OpCase : TestCase, IOpSource
{
    private readonly Lazy<CaseData> _data;
    private readonly Lazy<Truth> _truth;
    private readonly Lazy<Dictionary<string, OperandAccess>> _access;
    private (Subject Subject, Run Run)? _last;

    private protected OpCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        _data = new Lazy<CaseData>(() => CaseData.Draw(this, Descriptor.Values));
        _truth = new Lazy<Truth>(() => new Truth(this, Data));
        _access = new Lazy<Dictionary<string, OperandAccess>>(
            () => CaseData.Operands(this).ToDictionary(static o => o.Name, static o => o.Access, StringComparer.Ordinal));
    }

    /// <summary>What the kit knows of the op.</summary>
    public new OpEntry Entry => (OpEntry)base.Entry;

    /// <summary>The contents that the descriptor stands for.</summary>
    public CaseData Data => _data.Value;

    /// <summary>What the op makes of them.</summary>
    public Truth Truth => _truth.Value;

    /// <summary>Whether small integers give exact results in any order of summation.</summary>
    public virtual bool IsExactOnIntegers => true;

    /// <summary>The length n of the longest sum: how many products or terms make one result; 1 where nothing is summed.</summary>
    public virtual int AccumulationLength => 1;

    /// <summary>Floating-point operations of one run, by definition: a product and a sum are two.</summary>
    public abstract long Flops { get; }

    /// <summary>Elements that one run must move at least: every operand once, twice where it is read and written.</summary>
    public long Elements => CaseData.Operands(this).Sum(static operand => operand.Shape.Length * (operand.Access == OperandAccess.Accumulate ? 2 : 1));

    /// <summary>Whether every output is a sum of products of zero-mean inputs, so that the statistical line applies on normal contents.</summary>
    public virtual bool HasStatisticalLine => false;

    /// <summary>How many results are 0 by definition, such as padded channels: they are not held against a case.</summary>
    public virtual long StructuralZeros => 0;

    /// <summary>Destinations that may lie exactly over a source.</summary>
    public virtual IReadOnlyList<(string Source, string Destination)> InPlace => [];

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
    public OpCase Writing => Entry.Accumulates && Parameters.Flag(OpEntry.Accumulate) ? With(OpEntry.Accumulate, 0) : this;

    /// <inheritdoc/>
    public abstract Op<T> Build<T>(IOperands<T> at)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

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

    /// <summary>What stands for a number of an operand when the op is run on absolute values to weigh its result.</summary>
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
}
