using Msr.Conformance.Cases;
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
