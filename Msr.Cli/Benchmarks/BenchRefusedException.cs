namespace Msr.Cli.Benchmarks;

/// <summary>What was to be timed is wrong, so it is not timed.</summary>
/// <param name="message">What is wrong, and the command that repeats it.</param>
internal sealed class BenchRefusedException(string message) : Exception(message);
