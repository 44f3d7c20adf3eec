namespace Msr.Core.Plans;

/// <summary>A number of a plan that changes from step to step: computed on the host in float64, rounded once, and uploaded with every batch.</summary>
/// <param name="Name">Its name within the plan.</param>
/// <param name="ValueAt">Its value in a step.</param>
public sealed record PlanScalar(string Name, Func<StepScalars, double> ValueAt);
