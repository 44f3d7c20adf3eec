using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops.Convolution;

/// <summary>A case of <see cref="ConvForward{T}"/>.</summary>
internal sealed class ConvForwardCase(OpEntry entry, CaseDescriptor descriptor) : ConvolutionCase(entry, descriptor)
{
    protected override int Products => Geometry.GroupC * Geometry.Taps;

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "y"), ("w", "y")];

    public override IReadOnlyList<GradientPair> Gradients =>
    [
        new(this, As(ConvolutionEntry.BackwardData), "x", "y", "dy", "dx"),
        new(this, As(ConvolutionEntry.BackwardFilter), "w", "y", "dy", "dw"),
    ];

    public override Op<T> Build<T>(IOperands<T> at) => new ConvForward<T>(
        Geometry, at.Real("x", Geometry.Input(N)), at.Real("w", Geometry.Filter), at.Real("y", Geometry.Output(N)), Adds);

    public override (OpCase Product, string Left, string Right) AsProduct(ConvGeometry g, int rows) =>
        (MatMulEntry.Instance.Case(rows, g.C, g.K, transposeB: true), "x", "w");

    protected override double[] WinogradBound(Truth truth, WinogradBounds bounds, double[]? old)
    {
        ConvGeometry g = Geometry;
        double[] x = truth.Input("x"), w = truth.Input("w");
        return bounds.Convolution(
            (n, row, column, c) => At(x, (g.H, g.W, g.C), n, row - g.Padding.Top, column - g.Padding.Left, c),
            (k, r, s, c) => w[(((((k * g.R) + r) * g.S) + s) * g.C) + c],
            (N, g.P, g.Q, g.K, g.C),
            old);
    }

    protected override long Untouched() => Adds ? 0 : (long)N * Geometry.K * Blind();

    /// <summary>Output positions whose whole window is padding.</summary>
    private int Blind()
    {
        ConvGeometry g = Geometry;
        int rows = Enumerable.Range(0, g.P).Count(p => Enumerable.Range(0, g.R).All(r => g.SourceRow(p, r) < 0));
        int columns = Enumerable.Range(0, g.Q).Count(q => Enumerable.Range(0, g.S).All(s => g.SourceColumn(q, s) < 0));
        return (rows * g.Q) + (columns * (g.P - rows));
    }
}

/// <summary>A case of <see cref="ConvBackwardData{T}"/>.</summary>
internal sealed class ConvBackwardDataCase(OpEntry entry, CaseDescriptor descriptor) : ConvolutionCase(entry, descriptor)
{
    protected override int Products => Geometry.GroupK
        * Uses(Geometry.P, Geometry.R, Geometry.H, Geometry.SourceRow).Max * Uses(Geometry.Q, Geometry.S, Geometry.W, Geometry.SourceColumn).Max;

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("dy", "dx"), ("w", "dx")];

    public override Op<T> Build<T>(IOperands<T> at) => new ConvBackwardData<T>(
        Geometry, at.Real("dy", Geometry.Output(N)), at.Real("w", Geometry.Filter), at.Real("dx", Geometry.Input(N)), Adds);

    public override (OpCase Product, string Left, string Right) AsProduct(ConvGeometry g, int rows) =>
        (MatMulEntry.Instance.Case(rows, g.K, g.C), "dy", "w");

    protected override double[] WinogradBound(Truth truth, WinogradBounds bounds, double[]? old)
    {
        ConvGeometry g = Geometry;
        double[] dy = truth.Input("dy"), w = truth.Input("w");
        return bounds.Convolution(
            (n, row, column, k) => At(dy, (g.P, g.Q, g.K), n, row + g.Padding.Top - (g.R - 1), column + g.Padding.Left - (g.S - 1), k),
            (c, r, s, k) => w[(((((k * g.R) + g.R - 1 - r) * g.S) + g.S - 1 - s) * g.C) + c],
            (N, g.H, g.W, g.C, g.K),
            old);
    }

    protected override long Untouched()
    {
        int rows = Uses(Geometry.P, Geometry.R, Geometry.H, Geometry.SourceRow).Unused;
        int columns = Uses(Geometry.Q, Geometry.S, Geometry.W, Geometry.SourceColumn).Unused;
        return Adds ? 0 : (long)N * Geometry.C * ((rows * Geometry.W) + (columns * (Geometry.H - rows)));
    }

    /// <summary>How often the most used element of an axis is read, which is more than the taps only where borders repeat elements; and how many are never read.</summary>
    private static (int Max, int Unused) Uses(int outputs, int taps, int extent, Func<int, int, int> source)
    {
        int[] uses = new int[extent];
        for (int p = 0; p < outputs; p++)
        {
            for (int r = 0; r < taps; r++)
            {
                if (source(p, r) is >= 0 and int element)
                {
                    uses[element]++;
                }
            }
        }

        return (Math.Max(1, uses.Max()), uses.Count(static count => count == 0));
    }
}

/// <summary>A case of <see cref="ConvBackwardFilter{T}"/>.</summary>
internal sealed class ConvBackwardFilterCase(OpEntry entry, CaseDescriptor descriptor) : ConvolutionCase(entry, descriptor)
{
    protected override int Products => N * Geometry.P * Geometry.Q;

    protected override bool IsBackwardFilter => true;

    public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "dw"), ("dy", "dw")];

    public override Op<T> Build<T>(IOperands<T> at) => new ConvBackwardFilter<T>(
        Geometry, at.Real("x", Geometry.Input(N)), at.Real("dy", Geometry.Output(N)), at.Real("dw", Geometry.Filter), Adds);

    public override (OpCase Product, string Left, string Right) AsProduct(ConvGeometry g, int rows) =>
        (MatMulEntry.Instance.Case(g.K, rows, g.C, transposeA: true), "dy", "x");

    protected override double[] WinogradBound(Truth truth, WinogradBounds bounds, double[]? old)
    {
        ConvGeometry g = Geometry;
        double[] x = truth.Input("x"), dy = truth.Input("dy");
        return bounds.FilterGradient(
            (n, row, column, c) => At(x, (g.H, g.W, g.C), n, row - g.Padding.Top, column - g.Padding.Left, c),
            (n, row, column, k) => At(dy, (g.P, g.Q, g.K), n, row, column, k),
            (N, g.P, g.Q, g.K, g.C),
            old);
    }

    protected override long Untouched()
    {
        ConvGeometry g = Geometry;
        int rows = Enumerable.Range(0, g.R).Count(r => Enumerable.Range(0, g.P).All(p => g.SourceRow(p, r) < 0));
        int columns = Enumerable.Range(0, g.S).Count(s => Enumerable.Range(0, g.Q).All(q => g.SourceColumn(q, s) < 0));
        return Adds ? 0 : (long)g.K * g.GroupC * ((rows * g.S) + (columns * (g.R - rows)));
    }
}
