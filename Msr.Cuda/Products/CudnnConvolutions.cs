using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cuda.Interop;
using Msr.Cuda.Memory;

namespace Msr.Cuda.Products;

/// <summary>
/// Convolutions by cuDNN, where padding is of zeros and the same on both sides. Only deterministic algorithms that sum products are chosen;
/// where cuDNN has none, the fallback computes. A choice is made once per direction, geometry and number of samples.
/// </summary>
/// <param name="cudnn">cuDNN, which outlives this.</param>
/// <param name="fallback">The method for convolutions that cuDNN cannot compute.</param>
/// <param name="tf32">Whether products may round their inputs to TF32.</param>
internal sealed class CudnnConvolutions(CudnnHandle cudnn, IConvolutions fallback, bool tf32) : IConvolutions
{
    private const long MaxWorkspace = 256L << 20;

    private readonly Dictionary<Key, Choice?> _choices = [];

    /// <inheritdoc/>
    public string Description => $"cuDNN {cudnn.LibraryVersion}";

    /// <inheritdoc/>
    public long Prepare(ConvolutionOp<float> op) => Choose(op)?.Algorithm.WorkspaceBytes ?? fallback.Prepare(op);

    /// <inheritdoc/>
    public string AlgorithmOf(ConvolutionOp<float> op) =>
        Choose(op) is { } choice ? $"cudnn-{choice.Algorithm.Number}" : fallback.AlgorithmOf(op);

    /// <inheritdoc/>
    public void Run(ConvolutionOp<float> op, ulong workspace)
    {
        if (_choices[Key.Of(op)] is not { } choice)
        {
            fallback.Run(op, workspace);
            return;
        }

        cudnn.Convolve(
            choice.Problem,
            choice.Algorithm,
            CudaMemory<float>.AddressOf(op.Images),
            CudaMemory<float>.AddressOf(op.Filters),
            CudaMemory<float>.AddressOf(op.Outputs),
            workspace,
            op.Accumulate ? 1 : 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Choice? choice in _choices.Values)
        {
            choice?.Dispose();
        }

        _choices.Clear();
    }

    private static bool Fits(ConvGeometry geometry) =>
        geometry.Mode == PaddingMode.Zero && geometry.Padding.Top == geometry.Padding.Bottom && geometry.Padding.Left == geometry.Padding.Right;

    private Choice? Choose(ConvolutionOp<float> op)
    {
        Key key = Key.Of(op);
        if (!_choices.TryGetValue(key, out Choice? choice))
        {
            choice = Fits(op.Geometry) ? Choice.Of(cudnn, key, tf32) : null;
            _choices.Add(key, choice);
        }

        return choice;
    }

    /// <summary>The key of a choice.</summary>
    private readonly record struct Key(ConvDirection Direction, ConvGeometry Geometry, int Samples)
    {
        public static Key Of(ConvolutionOp<float> op) => new(op.Direction, op.Geometry, op.Samples);
    }

    /// <summary>The descriptors and the algorithm for one key.</summary>
    private sealed class Choice : IDisposable
    {
        private readonly Stack<IDisposable> _owned = [];

        private Choice(CudnnHandle cudnn, Key key, bool tf32)
        {
            (ConvDirection direction, ConvGeometry g, int samples) = key;
            try
            {
                TensorDescriptor images = Own(new TensorDescriptor(cudnn, samples, g.H, g.W, g.C));
                FilterDescriptor filters = Own(new FilterDescriptor(cudnn, g.K, g.R, g.S, g.GroupC));
                TensorDescriptor outputs = Own(new TensorDescriptor(cudnn, samples, g.P, g.Q, g.K));
                ConvolutionDescriptor convolution = Own(new ConvolutionDescriptor(
                    cudnn, (g.Padding.Top, g.Padding.Left), (g.StrideH, g.StrideW), (g.DilationH, g.DilationW), g.Groups, tf32));
                Problem = new ConvolutionProblem(direction, images, filters, outputs, convolution);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        /// <summary>The convolution in its direction.</summary>
        public ConvolutionProblem Problem { get; }

        /// <summary>The algorithm.</summary>
        public ConvolutionAlgorithm Algorithm { get; private set; }

        /// <summary>Asks cuDNN.</summary>
        /// <returns>Null where no algorithm is deterministic, sums products and fits.</returns>
        public static Choice? Of(CudnnHandle cudnn, Key key, bool tf32)
        {
            Choice choice = new(cudnn, key, tf32);
            try
            {
                if (cudnn.Choose(choice.Problem, MaxWorkspace, deterministic: true) is { } algorithm)
                {
                    choice.Algorithm = algorithm;
                    return choice;
                }
            }
            catch
            {
                choice.Dispose();
                throw;
            }

            choice.Dispose();
            return null;
        }

        /// <summary>Destroys the descriptors.</summary>
        public void Dispose()
        {
            while (_owned.TryPop(out IDisposable? owned))
            {
                owned.Dispose();
            }
        }

        private TOwned Own<TOwned>(TOwned owned)
            where TOwned : IDisposable
        {
            _owned.Push(owned);
            return owned;
        }
    }
}
