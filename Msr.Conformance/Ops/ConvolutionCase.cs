using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Ops;

/// <summary>A case of one of the three convolutions.</summary>
internal abstract class ConvolutionCase : OpCase
{
    private protected ConvolutionCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        Geometry = ConvolutionEntry.Geometry(descriptor.Parameters);
        (N, Adds) = (descriptor.Parameters["n"], descriptor.Parameters.Flag(OpEntry.Accumulate));
    }

    /// <summary>The geometry.</summary>
    public ConvGeometry Geometry { get; }

    /// <summary>Samples.</summary>
    public int N { get; }

    /// <summary>Whether the case accumulates.</summary>
    public bool Adds { get; }

    public sealed override bool HasStatisticalLine => true;

    public sealed override long Flops => 2L * N * Geometry.P * Geometry.Q * Geometry.K * Geometry.GroupC * Geometry.Taps;

    public sealed override int AccumulationLength => Products;

    public sealed override long StructuralZeros => Untouched();

    public sealed override (WindowAxis Rows, WindowAxis Columns)? Windows => (
        new WindowAxis(Geometry.H, Geometry.P, Geometry.StrideH, Geometry.Padding.Top, ((Geometry.R - 1) * Geometry.DilationH) + 1),
        new WindowAxis(Geometry.W, Geometry.Q, Geometry.StrideW, Geometry.Padding.Left, ((Geometry.S - 1) * Geometry.DilationW) + 1));

    public sealed override string? SampleParameter => IsBackwardFilter ? null : "n";

    public sealed override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(rounding);
        return rounding.WinogradTile == 0 ? base.Bound(operand, truth, rounding) : WinogradBound(truth, new WinogradBounds(rounding), Adds ? truth.Input(operand) : null);
    }

    /// <summary>Sparse integers, those that meet the constants 1/4, 1/6, 1/12 and 1/24 in both dimensions being multiples of 24².</summary>
    public sealed override (CaseData Data, Func<Truth, double[]> Weights)? TransformedIntegers()
    {
        const int Denominator = 24 * 24, Sparse = 8;
        Draws draws = new(new RandomStream(Descriptor.Seed).Split("transformed"));
        string scaled = IsBackwardFilter ? "x" : "w";
        CaseData data = CaseData.Draw(this, ValueClass.Integers);
        foreach ((string operand, double[] values) in data.Reals.ToArray())
        {
            int scale = operand == scaled ? Denominator : 1;
            data = data.With(operand, Array.ConvertAll(values, _ => draws.Between(0, Sparse - 1) == 0 ? scale * draws.OneOf(-1, 1) : 0.0));
        }

        return (data, truth => WinogradBound(truth, new WinogradBounds(Rounding.OfTruth) { WeighsOnly = true }, null));
    }

    /// <summary>The bound by Winograd's transforms.</summary>
    protected abstract double[] WinogradBound(Truth truth, WinogradBounds bounds, double[]? old);

    /// <summary>An element of a plane [n, rows, columns, channels], 0 outside.</summary>
    protected static double At(double[] plane, (int Rows, int Columns, int Channels) extent, int n, int row, int column, int channel) =>
        row >= 0 && column >= 0 && row < extent.Rows && column < extent.Columns
            ? plane[(((((n * extent.Rows) + row) * extent.Columns) + column) * extent.Channels) + channel]
            : 0;

    /// <summary>Products of one result, at most.</summary>
    protected abstract int Products { get; }

    public sealed override int Roundings(string operand) => Products + (Adds ? 1 : 0);

    public sealed override bool IsSecondFactor(string operand) => operand is "w" or "dy";

    public sealed override bool IsPerSample(string operand) => operand != "w";

    /// <summary>Whether a padded zero times a NaN or an infinite filter tap is NaN or nothing is left open; so filters take none.</summary>
    public sealed override bool TakesSpecialValues(string operand) => operand != "w" && (operand != "dy" || !IsBackwardFilter);

    /// <summary>Whether this is the op whose second factor meets padded zeros of the first.</summary>
    protected virtual bool IsBackwardFilter => false;

    /// <summary>The same geometry and seed as a case of another of the three convolutions.</summary>
    protected OpCase As(ConvolutionEntry other) => other.Case(Geometry, N, seed: Descriptor.Seed);

    /// <summary>Results that no product reaches, unless the op accumulates.</summary>
    protected virtual long Untouched() => 0;
}
