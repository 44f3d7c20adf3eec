using Msr.Cli.Output;
using Msr.Core.Training;

namespace Msr.Cli.Training;

/// <summary>The arguments of <c>msr train</c>.</summary>
/// <param name="Configuration">The configuration; of a new run, what depends on the data and the backend is still open.</param>
/// <param name="Version">The version of this program.</param>
/// <param name="ResumeFrom">The directory of the run to go on with; null for a new run.</param>
/// <param name="OutputFolder">The directory for a new run; null to choose one.</param>
/// <param name="Output">Where the result goes.</param>
internal sealed record TrainRequest(
    RunConfiguration Configuration,
    string Version,
    string? ResumeFrom,
    string? OutputFolder,
    ResultOutput Output);
