using Msr.Cli.Output;

namespace Msr.Cli.Benchmarks;

/// <summary>A row of the table.</summary>
/// <param name="Result">What was timed.</param>
/// <param name="JudgedBatch">The batch at which it was judged: the reference cannot take a large one.</param>
internal sealed record BenchRow(BenchResult Result, int JudgedBatch);
