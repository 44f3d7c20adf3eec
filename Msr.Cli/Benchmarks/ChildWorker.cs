using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>The work of a child process.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="request">What it is asked for.</param>
internal sealed class ChildWorker<T>(BenchRequest request) : IStepWatcher<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Action _stop = static () => { };
    private long _finished;

    /// <summary>Works, and reports on stdout.</summary>
    /// <returns>The exit code.</returns>
    public int Run(ChildWork work)
    {
        using IBackend<T> backend = Backends.Open<T>(request.Backend, request.Fault);
        if (work == ChildWork.Start)
        {
            Start(backend);
        }
        else
        {
            Step(backend);
        }

        using Process process = Process.GetCurrentProcess();
        Console.Out.WriteLine(new ChildReport(_finished, process.PeakWorkingSet64));
        return ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Before(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars)
    {
    }

    /// <summary>The step is done: its loss has been read.</summary>
    public void After(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars) => Finish();

    private void Start(IBackend<T> backend)
    {
        using Trainer<T> trainer = new(backend, StartSuite<T>.Data(), StartSuite<T>.Network(request)) { StepWatcher = this };
        using CancellationTokenSource stop = new();
        _stop = stop.Cancel;
        trainer.Run(stop: stop.Token);
    }

    private void Step(IBackend<T> backend)
    {
        using TrainingBench<T> training = new(backend, TrainingBench<T>.Synthetic(request.Network.Batch, request.Image), request.Network);
        for (int i = 0; i < TrainSuite<T>.StepsForMemory; i++)
        {
            training.Step();
            backend.Synchronize();
        }

        Finish();
    }

    private void Finish()
    {
        _finished = Stopwatch.GetTimestamp();
        _stop();
    }
}

/// <summary>Runs this program in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Waits for the work of a process.</summary>
    /// <param name="request">What the process is asked for.</param>
    /// <param name="work">The work.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="CommandFailedException">It failed.</exception>
    public static ChildReport Run(BenchRequest request, ChildWork work, CancellationToken stop)
    {
        using Process process = Process.Start(Describe(request, work))!;
        using CancellationTokenRegistration registration = stop.Register(process.Kill);
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        stop.ThrowIfCancellationRequested();
        return process.ExitCode == ExitCode.Done && ChildReport.Read(output) is { } report
            ? report
            : throw new CommandFailedException(
                ExitCode.DeviceFailed, $"The process that was to take a step ended with {process.ExitCode}: {errors.GetAwaiter().GetResult().Trim()}");
    }

    private static ProcessStartInfo Describe(BenchRequest request, ChildWork work)
    {
        string path = Environment.ProcessPath!;
        ProcessStartInfo start = new(path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(path) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (string argument in (IEnumerable<string>)["bench", .. BenchCommandLine.Options(request), "--child", $"{work}".ToLowerInvariant()])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}

/// <summary>The report of a child process, its last line.</summary>
/// <param name="Timestamp">The time of the system's steady clock, which all processes share, when the work was done.</param>
/// <param name="PeakBytes">The most memory that was resident.</param>
internal readonly record struct ChildReport(long Timestamp, long PeakBytes)
{
    /// <summary>Reads what <see cref="ToString"/> writes; null where that is something else.</summary>
    public static ChildReport? Read(string text) =>
        text.Split(' ', StringSplitOptions.TrimEntries) is [var timestamp, var peak]
        && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long time)
        && long.TryParse(peak, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? new ChildReport(time, bytes)
            : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Timestamp} {PeakBytes}");
}

/// <summary>The purpose of a child process.</summary>
internal enum ChildWork
{
    /// <summary>The first step of what <c>msr train</c> trains by default.</summary>
    Start,

    /// <summary>A few steps of the network that is timed, and nothing else, to see how much memory is resident.</summary>
    Memory,
}
