using Msr.Cli.Output;
using Spectre.Console;

namespace Msr.Cli.Benchmarks;

/// <summary>Prints what <c>msr bench</c> found.</summary>
internal static class BenchText
{
    /// <summary>Prints rows and notes.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="head">What was timed, in one line.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="notes">Lines below them.</param>
    public static void Print(TextWriter writer, string head, IReadOnlyList<BenchRow> rows, IReadOnlyList<string> notes)
    {
        writer.WriteLine(head);
        Table table = Tables.Create("name", "shape", "batch", "algorithm", "median", "q1", "q3", "speed", "error/bound");
        foreach ((BenchResult result, int judged) in rows)
        {
            table.Row(
                result.Name, result.Shape, result.Batch > 0 ? $"{result.Batch}" : "-", result.Algorithm, Time(result.MedianSeconds), Time(result.Q1), Time(result.Q3),
                Speed(result), Error(result, judged));
        }

        Tables.Print(writer, table);
        foreach (string note in notes)
        {
            writer.WriteLine(note);
        }
    }

    private static string Speed(BenchResult result) =>
        result.ShareOfLimit is { } limit ? $"{Rate(result)}, {100 * limit:F0} % of the limit, {100 * result.Share:F1} % of the step" : Rate(result);

    private static string Rate(BenchResult result) =>
        result.Gflops is { } gflops ? $"{gflops:F1} GFLOP/s"
        : result.Gbps is { } gbps ? $"{gbps:F1} GB/s"
        : result.ImagesPerSecond is { } images ? $"{images:F1} images/s" : "-";

    private static string Error(BenchResult result, int judged) =>
        result.ErrorOverBound is { } error ? $"{error:G3}{(judged == result.Batch ? "" : $" (at batch {judged})")}" : "-";

    private static string Time(double seconds) => $"{seconds * 1e3:F3} ms";
}
