using BenchmarkDotNet.Attributes;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Benchmarks;

/// <summary>Passes over the activations of the first stage of ResNet-20 at batch 32, [32, 32, 32, 16], one thread.</summary>
public class ElementwiseBenchmarks : KernelBenchmarks
{
    private const int Batch = 32, Size = 32, Channels = 16;

    private Copy<float>? _copy;
    private ReluForward<float>? _reluForward;
    private ReluBackward<float>? _reluBackward;
    private Add<float>? _add;
    private BiasAdd<float>? _biasAdd;
    private BiasGradient<float>? _biasGradient;
    private ShortcutForward<float>? _shortcutForward;
    private ShortcutBackward<float>? _shortcutBackward;

    /// <summary>y = a.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => Run(_copy);

    /// <summary>The rectifier.</summary>
    [Benchmark]
    public void ReluForward() => Run(_reluForward);

    /// <summary>Its gradient.</summary>
    [Benchmark]
    public void ReluBackward() => Run(_reluBackward);

    /// <summary>y = a + b.</summary>
    [Benchmark]
    public void Add() => Run(_add);

    /// <summary>A bias for each channel.</summary>
    [Benchmark]
    public void BiasAdd() => Run(_biasAdd);

    /// <summary>Its gradient.</summary>
    [Benchmark]
    public void BiasGradient() => Run(_biasGradient);

    /// <summary>The averaged shortcut to the second stage.</summary>
    [Benchmark]
    public void ShortcutForward() => Run(_shortcutForward);

    /// <summary>Its gradient.</summary>
    [Benchmark]
    public void ShortcutBackward() => Run(_shortcutBackward);

    /// <inheritdoc/>
    protected override void Prepare(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        Shape shape = new(Batch, Size, Size, Channels);
        TensorRef<float> a = workspace.Tensor(shape), b = workspace.Tensor(shape), y = workspace.Tensor(shape), bias = workspace.Tensor(new Shape(Channels));
        _copy = new Copy<float>(a, y);
        _reluForward = new ReluForward<float>(a, y);
        _reluBackward = new ReluBackward<float>(a, b, y);
        _add = new Add<float>(a, b, y);
        _biasAdd = new BiasAdd<float>(a, bias, y);
        _biasGradient = new BiasGradient<float>(a, bias);
        ShortcutGeometry halving = new(Size, Size, Channels, 2 * Channels, 2, average: true);
        TensorRef<float> halved = workspace.Tensor(halving.Output(Batch));
        _shortcutForward = new ShortcutForward<float>(halving, a, halved);
        _shortcutBackward = new ShortcutBackward<float>(halving, halved, y);
    }
}
