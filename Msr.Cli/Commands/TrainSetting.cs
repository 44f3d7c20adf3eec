using System.CommandLine;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary>An option of <c>msr train</c> that is part of a run's configuration.</summary>
/// <param name="Option">The option.</param>
/// <param name="Apply">The configuration with the option's value in it.</param>
/// <param name="MayChange">Whether a run may be resumed with another value.</param>
internal sealed record TrainSetting(Option Option, Func<ParseResult, RunConfiguration, RunConfiguration> Apply, bool MayChange = false);
