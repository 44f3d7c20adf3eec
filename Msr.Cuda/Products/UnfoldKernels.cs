using System.Runtime.InteropServices;
using Msr.Core.Numerics;
using Msr.Cuda.Kernels;

namespace Msr.Cuda.Products;

/// <summary>
/// Launches of native/unfold.h: a convolution's windows as rows of a matrix, for the samples of one chunk and the channels of one group. Columns
/// are [samples·P·Q, R·S·C/G], tap-major as filters [K, R·S·C/G] are, so y = columns·filtersᵀ.
/// </summary>
/// <param name="launcher">The launcher.</param>
internal sealed class UnfoldKernels(KernelLauncher launcher)
{
    private readonly Kernel _im2Col = launcher.Find("im2col", "{60}ppuu");
    private readonly Kernel _col2Im = launcher.Find("col2im", "{60}ppuuu");

    /// <summary>The number of elements of the columns, samples·P·Q·R·S·C/G.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="samples">Samples of the chunk.</param>
    public static long ColumnsLength(ConvGeometry g, int samples)
    {
        ArgumentNullException.ThrowIfNull(g);
        return checked((long)samples * g.P * g.Q * ((long)g.R * g.S * g.GroupC));
    }

    /// <summary>columns[(n,p,q), (r,s,c)] = x[n, source(p,r), source(q,s), first + c], 0 in zero padding.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="columns">Address of the columns, [samples·P·Q, R·S·C/G], written.</param>
    /// <param name="x">Address of the first sample of the chunk, [samples, H, W, C].</param>
    /// <param name="samples">Samples of the chunk, at least 1.</param>
    /// <param name="group">The group, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no samples, or there is no such group.</exception>
    /// <exception cref="NotSupportedException">The columns have 2³¹ elements or more: the chunk is too large.</exception>
    public void Unfold(ConvGeometry g, ulong columns, ulong x, int samples, int group)
    {
        Check(g, samples, group);
        uint items = KernelLauncher.Count(ColumnsLength(g, samples) / g.GroupC * KernelLauncher.Quads(g.GroupC));
        launcher.Run(
            _im2Col, KernelLauncher.BlocksFor(items), ConvShape.Of(g), columns, x, (uint)samples, (uint)(group * g.GroupC));
    }

    /// <summary>dx[n,h,w,first + c] = Σ columns[(n,p,q), (r,s,c)] over all windows and taps that read (h, w), or dx plus that.</summary>
    /// <param name="g">The geometry.</param>
    /// <param name="dx">Address of the first sample of the chunk, [samples, H, W, C]; the channels of the group are written.</param>
    /// <param name="columns">Address of the columns, [samples·P·Q, R·S·C/G].</param>
    /// <param name="samples">Samples of the chunk, at least 1.</param>
    /// <param name="group">The group, from 0.</param>
    /// <param name="accumulate">Whether to add to dx.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no samples, or there is no such group.</exception>
    /// <exception cref="NotSupportedException">The columns have 2³¹ elements or more: the chunk is too large.</exception>
    public void Fold(ConvGeometry g, ulong dx, ulong columns, int samples, int group, bool accumulate)
    {
        Check(g, samples, group);
        uint items = KernelLauncher.Count((long)samples * g.H * g.W * KernelLauncher.Quads(g.GroupC));
        launcher.Run(
            _col2Im,
            KernelLauncher.BlocksFor(items),
            ConvShape.Of(g),
            dx,
            columns,
            (uint)samples,
            (uint)(group * g.GroupC),
            accumulate);
    }

    private static void Check(ConvGeometry g, int samples, int group)
    {
        ArgumentNullException.ThrowIfNull(g);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(group);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(group, g.Groups);
        KernelLauncher.Count(ColumnsLength(g, samples));
        KernelLauncher.Count(g.Input(samples).Length);
    }
}

/// <summary>A convolution's geometry as kernels receive it: <c>ConvShape</c> of native/unfold.h, the same integers in the same order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ConvShape(
    int H,
    int W,
    int C,
    int GroupC,
    int R,
    int S,
    int P,
    int Q,
    int StrideH,
    int StrideW,
    int PadTop,
    int PadLeft,
    int DilationH,
    int DilationW,
    int Mode)
{
    /// <summary>The geometry of an op.</summary>
    /// <param name="g">The geometry.</param>
    /// <exception cref="NotSupportedException">Kernels do not support the padding mode.</exception>
    public static ConvShape Of(ConvGeometry g) => new(
        g.H,
        g.W,
        g.C,
        g.GroupC,
        g.R,
        g.S,
        g.P,
        g.Q,
        g.StrideH,
        g.StrideW,
        g.Padding.Top,
        g.Padding.Left,
        g.DilationH,
        g.DilationW,
        g.Mode switch
        {
            PaddingMode.Zero => 0,
            PaddingMode.Replicate => 1,
            PaddingMode.Reflect => 2,
            _ => throw new NotSupportedException($"CUDA kernels do not support the padding mode {g.Mode}."),
        });
}
