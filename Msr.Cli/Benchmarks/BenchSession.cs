using System.Numerics;
using Msr.Cli.Output;
using Msr.Cli.Training;
using Msr.Core.Backends;

namespace Msr.Cli.Benchmarks;

/// <summary>One run of <c>msr bench</c>: the suites one after another, and the report.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="request">What was asked for.</param>
internal sealed class BenchSession<T>(BenchRequest request)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ProgressPrinter _printer = new();

    /// <summary>Judges and times.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using StopSignal signal = new();
        using IBackend<T> backend = Backends.Open<T>(request.Backend, request.Fault);
        Workbench<T> bench = new(request, backend, _printer, signal.Token);
        bool stopped = !RunSuites(bench);
        _printer.Close();
        Tell(bench);
        if (stopped)
        {
            Console.Error.WriteLine("Stopped: the table has what was timed.");
            return signal.Code;
        }

        return bench.HasRefused ? ExitCode.CheckFailed : ExitCode.Done;
    }

    private bool RunSuites(Workbench<T> bench)
    {
        Dictionary<string, Action> suites = new(StringComparer.Ordinal)
        {
            [ConvSuite<T>.Name] = new ConvSuite<T>(bench).Run,
            [TrainSuite<T>.Name] = new TrainSuite<T>(bench).Run,
            [ForwardSuite<T>.Name] = new ForwardSuite<T>(bench).Run,
            [StepSuite<T>.Name] = new StepSuite<T>(bench).Run,
            [IsoclineSuite<T>.Name] = new IsoclineSuite<T>(bench).Run,
            [StartSuite<T>.Name] = new StartSuite<T>(bench).Run,
        };
        try
        {
            foreach (string name in request.Suites)
            {
                suites[name]();
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Tell(Workbench<T> bench)
    {
        BackendInfo info = bench.Backend.Info;
        BenchResult[] results = [.. bench.Rows.Select(static row => row.Result)];
        request.Output.Write(results, CliJson.Default.BenchResultArray, writer => BenchText.Print(writer, $"{info.Name} ({info.Device})", bench.Rows, bench.Notes));
        foreach (string note in request.Output.IsJson ? bench.Notes : [])
        {
            Console.Error.WriteLine(note);
        }
    }
}
