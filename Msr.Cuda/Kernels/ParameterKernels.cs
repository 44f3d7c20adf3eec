using Msr.Core.Ops;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Kernels;

/// <summary>Launches of native/rows.h: norms, filter scales, norm anchor and clip factor, one block per row of parameters.</summary>
/// <param name="launcher">The launcher.</param>
internal sealed class ParameterKernels(KernelLauncher launcher)
{
    private const uint ElementsPerPart = 4096;
    private const uint MaxParts = 256;

    private readonly Kernel _squaredNorms = launcher.Find("squared_norms", "ppuuuu");
    private readonly Kernel _normsTotal = launcher.Find("norms_total", "ppuu");
    private readonly Kernel _filterScaleForward = launcher.Find("filter_scale_forward", "pppuu");
    private readonly Kernel _filterScaleBackward = launcher.Find("filter_scale_backward", "pppppuu");
    private readonly Kernel _normAnchor = launcher.Find("norm_anchor", "ppuuf");
    private readonly Kernel _clipFactor = launcher.Find("clip_factor", "ppf");

    /// <summary>Bytes of workspace for squared norms: one sum for each part of a row, none for one part.</summary>
    public static long WorkspaceBytes(SquaredNorms<float> op)
    {
        uint parts = Parts((uint)op.X.Shape[1]);
        return parts == 1 ? 0 : (long)op.X.Shape[0] * parts * sizeof(float);
    }

    /// <summary>y[r] = Σ x[r,…]².</summary>
    public void SquaredNorms(SquaredNorms<float> op, ulong workspace)
    {
        KernelLauncher.Count(op.X);
        (uint rows, uint length) = ((uint)op.X.Shape[0], (uint)op.X.Shape[1]);
        uint parts = Parts(length);
        ulong y = CudaMemory<float>.AddressOf(op.Y);
        launcher.Run(
            _squaredNorms,
            Math.Min(rows * parts, KernelLauncher.MaxBlocks),
            parts == 1 ? y : workspace,
            CudaMemory<float>.AddressOf(op.X),
            rows,
            length,
            parts,
            Chunk(length));
        if (parts > 1)
        {
            launcher.Run(_normsTotal, KernelLauncher.BlocksOfWarpsFor(rows), y, workspace, rows, parts);
        }
    }

    /// <summary>weff[k,…] = exp(θ[k])·w[k,…].</summary>
    public void FilterScaleForward(FilterScaleForward<float> op)
    {
        uint filters = (uint)op.Theta.Length;
        launcher.Run(
            _filterScaleForward,
            Math.Min(filters, KernelLauncher.MaxBlocks),
            CudaMemory<float>.AddressOf(op.Weff),
            CudaMemory<float>.AddressOf(op.W),
            CudaMemory<float>.AddressOf(op.Theta),
            filters,
            KernelLauncher.Count(op.W) / filters);
    }

    /// <summary>dw[k,…] ← dw + exp(θ[k])·dweff[k,…] and dθ[k] ← dθ + Σ dweff[k,…]·weff[k,…].</summary>
    public void FilterScaleBackward(FilterScaleBackward<float> op)
    {
        uint filters = (uint)op.Theta.Length;
        launcher.Run(
            _filterScaleBackward,
            Math.Min(filters, KernelLauncher.MaxBlocks),
            CudaMemory<float>.AddressOf(op.Dw),
            CudaMemory<float>.AddressOf(op.Dtheta),
            CudaMemory<float>.AddressOf(op.Weff),
            CudaMemory<float>.AddressOf(op.Dweff),
            CudaMemory<float>.AddressOf(op.Theta),
            filters,
            KernelLauncher.Count(op.Weff) / filters);
    }

    /// <summary>g[k,…] ← g + 2·strength·(1 − 1/‖w_k‖)·w[k,…], nothing where ‖w_k‖ = 0.</summary>
    public void NormAnchor(NormAnchor<float> op)
    {
        KernelLauncher.Count(op.W);
        uint rows = (uint)op.W.Shape[0];
        launcher.Run(
            _normAnchor,
            Math.Min(rows, KernelLauncher.MaxBlocks),
            CudaMemory<float>.AddressOf(op.G),
            CudaMemory<float>.AddressOf(op.W),
            rows,
            (uint)op.W.Shape[1],
            (float)(2 * op.Strength));
    }

    /// <summary>factor = ‖g‖ &gt; limit ? limit/‖g‖ : 1; NaN where the norm is not finite.</summary>
    public void ClipFactor(ClipFactor<float> op) => launcher.Run(
        _clipFactor, 1, CudaMemory<float>.AddressOf(op.Factor), CudaMemory<float>.AddressOf(op.SquaredNorm), (float)op.Limit);

    private static uint Parts(uint length) => KernelLauncher.CeilingDivide(length, Chunk(length));

    /// <summary>A multiple of 4, so that every part of an aligned row is aligned.</summary>
    private static uint Chunk(uint length) => Math.Max(ElementsPerPart, 4 * KernelLauncher.CeilingDivide(length, 4 * MaxParts));
}
