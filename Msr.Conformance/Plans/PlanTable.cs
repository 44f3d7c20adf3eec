using Msr.Conformance.Cases;

namespace Msr.Conformance.Plans;

/// <summary>The kinds of cases that are more than one op: trajectories of updates and whole networks.</summary>
public static class PlanTable
{
    /// <summary>All entries, by name.</summary>
    public static IReadOnlyList<CaseEntry> All { get; } = [TrajectoryEntry.Instance, PlanEntry.Step, PlanEntry.Trajectory];

    /// <summary>The entry of a kind; none if there is none.</summary>
    /// <param name="kind">The kind.</param>
    public static CaseEntry? Find(string kind) => All.FirstOrDefault(entry => entry.Kind == kind);
}
