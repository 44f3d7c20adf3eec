using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda.Interop;

namespace Msr.Cuda.Convolutions;

/// <summary>
/// Convolutions by cuDNN, where padding is of zeros and the same on both sides. Only deterministic algorithms that sum products are chosen;
/// where cuDNN has none, another engine computes. Choices are made once for a pass, a geometry and a number of samples.
/// </summary>
/// <param name="cudnn">cuDNN, which outlives this.</param>
/// <param name="otherwise">What computes where cuDNN cannot.</param>
/// <param name="tf32">Whether products may round their inputs to TF32.</param>
internal sealed class CudnnConvolutions(CudnnHandle cudnn, IConvolutions otherwise, bool tf32) : IConvolutions
{
    private const long LargestWorkspace = 256L << 20;

    private readonly Dictionary<Case, CudnnChoice?> _choices = [];

    /// <inheritdoc/>
    public string Description => $"cuDNN {cudnn.LibraryVersion}";

    /// <inheritdoc/>
    public long Prepare(ConvolutionPass pass, ConvGeometry geometry, int samples) =>
        Choose(pass, geometry, samples)?.Algorithm.WorkspaceBytes ?? otherwise.Prepare(pass, geometry, samples);

    /// <inheritdoc/>
    public string AlgorithmOf(ConvolutionPass pass, ConvGeometry geometry, int samples) =>
        Choose(pass, geometry, samples) is { } choice ? $"cudnn-{choice.Algorithm.Algorithm}" : otherwise.AlgorithmOf(pass, geometry, samples);

    /// <inheritdoc/>
    public void Run(ConvForward<float> op, ulong workspace)
    {
        if (_choices[new Case(ConvolutionPass.Forward, op.Geometry, op.X.Shape[0])] is not { } choice)
        {
            otherwise.Run(op, workspace);
            return;
        }

        cudnn.Forward(
            choice.Convolution,
            choice.Algorithm,
            choice.Input,
            CudaMemory<float>.AddressOf(op.X),
            choice.Filters,
            CudaMemory<float>.AddressOf(op.W),
            workspace,
            op.Accumulate ? 1 : 0,
            choice.Output,
            CudaMemory<float>.AddressOf(op.Y));
    }

    /// <inheritdoc/>
    public void Run(ConvBackwardData<float> op, ulong workspace)
    {
        if (_choices[new Case(ConvolutionPass.BackwardData, op.Geometry, op.Dy.Shape[0])] is not { } choice)
        {
            otherwise.Run(op, workspace);
            return;
        }

        cudnn.BackwardData(
            choice.Convolution,
            choice.Algorithm,
            choice.Filters,
            CudaMemory<float>.AddressOf(op.W),
            choice.Output,
            CudaMemory<float>.AddressOf(op.Dy),
            workspace,
            op.Accumulate ? 1 : 0,
            choice.Input,
            CudaMemory<float>.AddressOf(op.Dx));
    }

    /// <inheritdoc/>
    public void Run(ConvBackwardFilter<float> op, ulong workspace)
    {
        if (_choices[new Case(ConvolutionPass.BackwardFilter, op.Geometry, op.X.Shape[0])] is not { } choice)
        {
            otherwise.Run(op, workspace);
            return;
        }

        cudnn.BackwardFilter(
            choice.Convolution,
            choice.Algorithm,
            choice.Input,
            CudaMemory<float>.AddressOf(op.X),
            choice.Output,
            CudaMemory<float>.AddressOf(op.Dy),
            workspace,
            op.Accumulate ? 1 : 0,
            choice.Filters,
            CudaMemory<float>.AddressOf(op.Dw));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (CudnnChoice? choice in _choices.Values)
        {
            choice?.Dispose();
        }

        _choices.Clear();
    }

    private CudnnChoice? Choose(ConvolutionPass pass, ConvGeometry geometry, int samples)
    {
        Case prepared = new(pass, geometry, samples);
        if (!_choices.TryGetValue(prepared, out CudnnChoice? choice))
        {
            choice = Fits(geometry) ? CudnnChoice.Of(cudnn, pass, geometry, samples, LargestWorkspace, tf32) : null;
            _choices.Add(prepared, choice);
        }

        return choice;
    }

    private static bool Fits(ConvGeometry geometry) =>
        geometry.Mode == PaddingMode.Zero && geometry.Padding.Top == geometry.Padding.Bottom && geometry.Padding.Left == geometry.Padding.Right;

    private readonly record struct Case(ConvolutionPass Pass, ConvGeometry Geometry, int Samples);
}
