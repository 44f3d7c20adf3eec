using System.Diagnostics;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Cli.Benchmarks;

/// <summary>What a process of its own does.</summary>
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
