namespace Msr.Conformance.Plans;

/// <summary>How a plan is run.</summary>
/// <param name="Interpreted">Op by op on the backend, instead of as the backend compiles it.</param>
/// <param name="Watcher">Who watches every op; interpreted runs alone can be watched.</param>
internal sealed record PlanOptions(bool Interpreted = false, IPlanWatcher? Watcher = null)
{
    /// <summary>As the backend compiles it.</summary>
    public static PlanOptions Compiled { get; } = new();
}
