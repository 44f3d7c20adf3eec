namespace Msr.Conformance.Laws;

/// <summary>One kernel's tensors around one update step, slices one after the other.</summary>
/// <param name="Gradient">Before the projection.</param>
/// <param name="Projected">After it, before clipping.</param>
/// <param name="OldKernel">The kernel before the step.</param>
/// <param name="OldMomentum">The momentum before the step.</param>
/// <param name="NewKernel">The kernel after it.</param>
/// <param name="NewMomentum">The momentum after it.</param>
internal sealed record KernelStep(
    double[] Gradient, double[] Projected, double[] OldKernel, double[] OldMomentum, double[] NewKernel, double[] NewMomentum);
