using System.CommandLine;
using System.CommandLine.Parsing;
using System.Numerics;
using Msr.Cli.Arguments;
using Msr.Cli.Benchmarks;
using Msr.Cli.Output;
using Msr.Core.Backends;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary><c>msr bench</c>: verified, then timed.</summary>
internal static class BenchCommand
{
    private const string Description = """
        Verify, then time: convolutions, whole training steps, forward passes, the ops of a step, the projection, the start.

        Before anything is timed, the backend at hand runs it and the conformance kit judges the result; what is
        wrong is not timed. Times are taken when the runtime has compiled all it will (no method in two rounds of
        0.2 s); what is compared runs alternately, and its ratio is the median of paired ratios. GFLOP/s count
        the operations of the definition, GB/s the bytes that must be moved at least.

        Suites: conv, train, forward, step, isocline, start; all of them where none is named.

        Examples:
          msr bench conv isocline --batch 8 --threads 1
          msr bench train --model resnet20 --method bn --json
          msr bench forward --image 64 --batch 1
        """;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("bench", Description);
        Argument<string[]> suites = new("SUITE") { Description = $"What to time: {string.Join(", ", BenchDefaults.Suites)}.", Arity = ArgumentArity.ZeroOrMore };
        suites.Validators.Add(Refuse);
        command.Arguments.Add(suites);
        Func<ParseResult, BackendRequest> backendOf = CommonOptions.AddBackend(command);
        Option<int?> batch = OptionOf.Number("--batch", "Samples of a batch; by default 32 for conv and 128 for steps.", 1, 65_536);
        TableOptions network = TableOptions.Add(command, RunConfiguration.Default with { Options = BenchDefaults.Network }, "--model", "--width", "--method");
        Option<int?> samples = OptionOf.Number(
            "--samples", $"Samples of each time; by default {BenchDefaults.Samples}.", Sampler.LeastSamples, 10_000);
        Option<double?> seconds = OptionOf.Number(
            "--seconds", $"Seconds that a row may take, warm-up included; by default {BenchDefaults.Seconds}.", 0.01, 86_400, "S");
        Option<int?> image = OptionOf.Number(
            "--image", $"Pixels of a side of the images of whole steps; by default {BenchDefaults.Image}.", 4, 1024);
        Option<bool> timeOnly = OptionOf.Flag(
            "--time-only", "Only times: neither errors nor memory are looked at; for repeats of what was judged before.");
        Option<string> fault = CommonOptions.Fault();
        Option<ChildWork?> child = OptionOf.Choice("--child", "Works for another msr bench.", ("start", ChildWork.Start), ("memory", ChildWork.Memory));
        child.Hidden = true;
        foreach (Option option in new Option[] { batch, image, samples, seconds, timeOnly, fault, child })
        {
            command.Options.Add(option);
        }

        Func<ParseResult, ResultOutput> outputOf = CommonOptions.AddOutput(command);
        command.SetAction(parse =>
        {
            string[] asked = parse.GetValue(suites) ?? [];
            BenchRequest request = new()
            {
                Backend = backendOf(parse),
                Fault = CommonOptions.FaultOf(parse.GetValue(fault)),
                Suites = [.. BenchDefaults.Suites.Where(name => asked.Length == 0 || Split(asked).Contains(name, StringComparer.Ordinal))],
                Batch = parse.GetValue(batch),
                Image = parse.GetValue(image) ?? BenchDefaults.Image,
                TimeOnly = parse.GetValue(timeOnly),
                Network = BenchDefaults.Fit(network.Read(parse).Options) with { Batch = parse.GetValue(batch) ?? BenchDefaults.Network.Batch },
                Samples = parse.GetValue(samples) ?? BenchDefaults.Samples,
                Limit = TimeSpan.FromSeconds(parse.GetValue(seconds) ?? BenchDefaults.Seconds),
                Output = outputOf(parse),
            };
            return Backends.IsDouble(request.Backend.Name)
                ? Run<double>(request, parse.GetValue(child))
                : Run<float>(request, parse.GetValue(child));
        });
        return command;
    }

    private static int Run<T>(BenchRequest request, ChildWork? child)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        child is { } work ? new ChildWorker<T>(request).Run(work) : new BenchSession<T>(request).Run();

    private static IEnumerable<string> Split(IEnumerable<string> suites) =>
        suites.SelectMany(static text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static void Refuse(ArgumentResult result)
    {
        foreach (string unknown in Split(result.Tokens.Select(static token => token.Value)).Except(BenchDefaults.Suites, StringComparer.Ordinal))
        {
            result.AddError($"msr bench takes suites out of {string.Join(", ", BenchDefaults.Suites)}; got '{unknown}'.");
        }
    }
}
