using BenchmarkDotNet.Attributes;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Benchmarks;

/// <summary>The update of 1,032,192 parameters, four times the 3×3 kernels of ResNet-20, against a copy of the same bytes, one thread.</summary>
public class UpdateBenchmarks : KernelBenchmarks
{
    private const int Taps = 9, Slices = 1792, Channels = 64, Parameters = Slices * Taps * Channels;

    /// <summary>A step reads parameter, gradient and momentum, and writes parameter and momentum; a copy reads one and writes one.</summary>
    private const int Copied = Parameters * 5 / 2;

    private IsoclineProject<float>? _project;
    private SgdStep<float>? _step;
    private Copy<float>? _copy;

    /// <summary>Projection of the gradient, then the step.</summary>
    [Benchmark]
    public void ProjectAndStep()
    {
        Run(_project);
        Run(_step);
    }

    /// <summary>The projection alone.</summary>
    [Benchmark]
    public void Project() => Run(_project);

    /// <summary>The step alone.</summary>
    [Benchmark]
    public void Step() => Run(_step);

    /// <summary>A copy of the bytes that the step must move.</summary>
    [Benchmark(Baseline = true)]
    public void Copy() => Run(_copy);

    /// <inheritdoc/>
    protected override void Prepare(Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        TensorRef<float> w = workspace.Tensor(new Shape(Parameters)), g = workspace.Tensor(new Shape(Parameters)), v = workspace.Tensor(new Shape(Parameters));
        _project = new IsoclineProject<float>(g.As(new Shape(Slices, Taps, Channels)), Lambda: 1);

        // With rate 0 every call meets the same parameters.
        _step = new SgdStep<float>(w, g, v, workspace.Scalar(0), workspace.Scalar(1), new SgdSettings(Momentum: 0.9));
        _copy = new Copy<float>(workspace.Tensor(new Shape(1, Copied)), workspace.Tensor(new Shape(1, Copied)));
    }
}
