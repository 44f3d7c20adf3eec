using Msr.Cli.Output;
using Msr.Conformance.Faults;
using Msr.Core.Backends;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>What the user asked <c>msr bench</c> for.</summary>
internal sealed record BenchRequest
{
    /// <summary>Which backend, and how it is opened.</summary>
    public required BackendRequest Backend { get; init; }

    /// <summary>A known defect to plant in the backend; null for none.</summary>
    public Fault? Fault { get; init; }

    /// <summary>The names of the suites.</summary>
    public required IReadOnlyList<string> Suites { get; init; }

    /// <summary>Samples of a batch; null for each suite's own number.</summary>
    public int? Batch { get; init; }

    /// <summary>Pixels of a side of the images of whole steps.</summary>
    public required int Image { get; init; }

    /// <summary>Whether nothing is judged before it is timed.</summary>
    public required bool TimeOnly { get; init; }

    /// <summary>The network of whole training steps.</summary>
    public required TrainingOptions Network { get; init; }

    /// <summary>Samples of each time.</summary>
    public required int Samples { get; init; }

    /// <summary>How long one row may take.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Where the result goes.</summary>
    public required ResultOutput Output { get; init; }
}
