using Msr.Conformance.Cases;
using Msr.Core.Numerics;

namespace Msr.Conformance.Ops;

/// <summary>A case of a pooling op.</summary>
internal abstract class PoolCase : OpCase
{
    private protected PoolCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        Geometry = PoolEntry.Geometry(descriptor.Parameters);
        N = descriptor.Parameters["n"];
    }

    /// <summary>The geometry.</summary>
    public PoolGeometry Geometry { get; }

    /// <summary>Samples.</summary>
    public int N { get; }

    public sealed override (WindowAxis Rows, WindowAxis Columns)? Windows => (
        new WindowAxis(Geometry.H, Geometry.P, Geometry.StrideH, Geometry.PadH, Geometry.WindowH),
        new WindowAxis(Geometry.W, Geometry.Q, Geometry.StrideW, Geometry.PadW, Geometry.WindowW));

    public sealed override string? SampleParameter => "n";

    public sealed override long Flops => (long)N * Geometry.P * Geometry.Q * Geometry.C * Window;

    /// <summary>Elements of a window.</summary>
    protected int Window => Geometry.WindowH * Geometry.WindowW;

    /// <summary>1 where the case accumulates.</summary>
    protected int Adds => Parameters.Has(OpEntry.Accumulate) ? Parameters[OpEntry.Accumulate] : 0;

    /// <summary>The largest number of windows that one element lies in.</summary>
    protected int Overlap => Divide(Geometry.WindowH, Geometry.StrideH) * Divide(Geometry.WindowW, Geometry.StrideW);

    /// <summary>A case of another pooling op on the same geometry and seed.</summary>
    protected OpCase As(PoolEntry other) => (OpCase)other.Create(new CaseDescriptor(
        other.Kind,
        ParameterSet.Of(other.Schema, [.. Entry.Schema.Where(static p => p.Key != OpEntry.Accumulate).Select(p => (p.Key, Parameters[p.Key]))]),
        ValueClass.Normal,
        Descriptor.Seed));

    /// <summary>Elements of the input that no window covers.</summary>
    protected long Uncovered()
    {
        PoolGeometry g = Geometry;
        bool[] rows = new bool[g.H], columns = new bool[g.W];
        for (int p = 0; p < g.P; p++)
        {
            rows.AsSpan(g.Rows(p).Begin, g.Rows(p).End - g.Rows(p).Begin).Fill(true);
        }

        for (int q = 0; q < g.Q; q++)
        {
            columns.AsSpan(g.Columns(q).Begin, g.Columns(q).End - g.Columns(q).Begin).Fill(true);
        }

        return (long)N * g.C * ((g.H * g.W) - (rows.Count(static row => row) * columns.Count(static column => column)));
    }

    private static int Divide(int window, int stride) => (window + stride - 1) / stride;
}
