using BenchmarkDotNet.Attributes;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Benchmarks;

/// <summary>The three convolutions on every layer of ResNet-20, one thread.</summary>
public class ConvolutionBenchmarks : KernelBenchmarks
{
    private ConvForward<float>? _forward;
    private ConvBackwardData<float>? _backwardData;
    private ConvBackwardFilter<float>? _backwardFilter;

    /// <summary>The layers.</summary>
    public static IReadOnlyList<ConvolutionLayer> Layers => ConvolutionLayer.OfResNet20;

    /// <summary>The layer.</summary>
    [ParamsSource(nameof(Layers))]
    public ConvolutionLayer Layer { get; set; } = ConvolutionLayer.OfResNet20[0];

    /// <summary>Samples of a batch.</summary>
    [Params(1, 32)]
    public int Batch { get; set; }

    /// <summary>y of x and w.</summary>
    [Benchmark]
    public void Forward() => Run(_forward);

    /// <summary>dx of dy and w.</summary>
    [Benchmark]
    public void BackwardData() => Run(_backwardData);

    /// <summary>dw of x and dy.</summary>
    [Benchmark]
    public void BackwardFilter() => Run(_backwardFilter);

    /// <inheritdoc/>
    protected override void Prepare(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ConvGeometry geometry = Layer.Geometry;
        TensorRef<float> x = workspace.Tensor(geometry.Input(Batch)), w = workspace.Tensor(geometry.Filter), y = workspace.Tensor(geometry.Output(Batch));
        _forward = new ConvForward<float>(geometry, x, w, y);
        _backwardData = new ConvBackwardData<float>(geometry, y, w, x);
        _backwardFilter = new ConvBackwardFilter<float>(geometry, x, y, w);
    }
}
