using Msr.Core.Backends;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>A plan on a backend, seen without its element type. Tensors are in exchange layout and in float64, which holds any element exactly.</summary>
internal abstract class PlanRun : IDisposable
{
    /// <summary>Whether the backend interprets the plan instead of compiling it.</summary>
    public abstract bool IsInterpreted { get; }

    /// <summary>Whether training and evaluation run the same forward list.</summary>
    public abstract bool TrainsTheTestGraph { get; }

    /// <summary>The kernels that the plan keeps on the isocline.</summary>
    public abstract IReadOnlyList<ProjectedKernel> Kernels { get; }

    /// <summary>The losses and correct samples of the last step or evaluation.</summary>
    public StepReport Report { get; protected set; }

    /// <summary>One optimiser step: all its batches.</summary>
    public abstract void Step(int step, bool noise = true);

    /// <summary>One batch of a step.</summary>
    public abstract void Part(int step, int part, bool noise = true);

    /// <summary>One batch of a step at rate 0: forward and backward alone leave their marks.</summary>
    public abstract void Forward(int step, int part, bool noise, (int First, int Count) samples);

    /// <summary>Evaluates some samples of one batch of a step.</summary>
    public abstract void Evaluate(int step, int part, (int First, int Count) samples);

    /// <summary>The logits of so many samples.</summary>
    public abstract double[] Logits(int samples);

    /// <summary>One tensor.</summary>
    public abstract double[] Read(string name, ParameterPart part);

    /// <summary>Every parameter with its momentum, and its gradient where it is asked for.</summary>
    public abstract PlanState State(bool gradients = false);

    /// <summary>Writes parameters and momentum.</summary>
    public abstract void Restore(PlanState state);

    /// <inheritdoc/>
    public abstract void Dispose();
}
