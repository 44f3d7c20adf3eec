using System.Diagnostics;
using System.Numerics;
using Msr.Conformance.Plans;
using Msr.Cli.Output;
using Msr.Core.Backends;
using Msr.Core.Plans;
using Msr.Core.Training;

namespace Msr.Cli.Training;

/// <summary>One sitting of a run: from the configuration to the result, or to a checkpoint to go on from.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
/// <param name="request">What was asked for.</param>
internal sealed class TrainSession<T>(TrainRequest request)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const string RunsFolder = "runs";

    private readonly ProgressPrinter _printer = new();

    /// <summary>Trains.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        using StopSignal stop = new();
        RunConfiguration configuration = request.Configuration;
        RunData data = RunData.Load(configuration);
        using IBackend<T> backend = Backends.Open<T>(Backends.RequestOf(configuration));
        configuration = request.ResumeFrom is null ? Complete(configuration, data, backend) : Check(configuration, data, backend);
        using Trainer<T> trainer = CreateTrainer(backend, data, configuration);
        if (request.ResumeFrom is null)
        {
            RequireExclusionsToFree(trainer);
        }

        using RunDirectory directory = request.ResumeFrom is { } path ? RunDirectory.Open(path) : CreateDirectory(configuration, data);
        double? best = request.ResumeFrom is null ? null : Resume(trainer, directory, configuration);
        if (trainer.IsComplete && directory.LoadResult(trainer.State.Step) is { } result)
        {
            Tell(result, directory);
            return ExitCode.Done;
        }

        RunListener<T> listener = new(trainer, directory, _printer, best);
        try
        {
            return Train(trainer, backend, directory, listener, stop);
        }
        catch (Exception error) when (Failure.Of(error).Code is ExitCode.CheckFailed or ExitCode.Diverged or ExitCode.DeviceFailed)
        {
            _printer.Close();
            throw Explain(error, trainer, backend, directory, listener);
        }
    }

    private static RunConfiguration Complete(RunConfiguration configuration, RunData data, IBackend<T> backend) => configuration with
    {
        Options = configuration.Options.Resolve(data.Data.Train.Name),
        TrainChecksum = data.TrainChecksum,
        TestChecksum = data.TestChecksum,
        Device = backend.Info.Device,
        VectorBits = backend.Info.VectorBits,
    };

    private RunConfiguration Check(RunConfiguration configuration, RunData data, IBackend<T> backend)
    {
        data.Require(configuration);
        if (configuration.Version != request.Version)
        {
            Warn($"the run was begun by version {configuration.Version}, and this is {request.Version}");
        }

        if (configuration.VectorBits != backend.Info.VectorBits)
        {
            Warn($"the run was begun on vectors of {configuration.VectorBits} bits, and here they have {backend.Info.VectorBits}");
        }

        // Device and vector width stay those that the run began on, as the version does.
        return configuration;

        static void Warn(string difference) => Console.Error.WriteLine($"warning: {difference}; the last bits of the result may differ.");
    }

    private static Trainer<T> CreateTrainer(IBackend<T> backend, RunData data, RunConfiguration configuration)
    {
        try
        {
            return new Trainer<T>(
                backend,
                data.Data,
                configuration.Options,
                new TrainerSettings { CheckpointEvery = configuration.CheckpointEvery });
        }
        catch (ArgumentException error)
        {
            throw new UsageException(UsageException.Sentence(error));
        }
        catch (NotSupportedException error)
        {
            throw new CommandFailedException(ExitCode.Missing, error.Message, error);
        }
    }

    /// <summary>A pattern that frees no kernel has taken the place of the default all the same: the first convolution would be projected.</summary>
    private static void RequireExclusionsToFree(Trainer<T> trainer)
    {
        string[] kernels = [.. trainer.Executable.Plan.Parameters.Where(static p => p.Kind == ParameterKind.SpatialKernel).Select(static p => p.Name)];
        string? idle = trainer.Options.ResolveMethod().Isocline.IdleExclusions(kernels).FirstOrDefault();
        if (idle is not null && kernels.Length > 0)
        {
            throw new UsageException(
                $"--exclude '{idle}' names no kernel of {trainer.Options.Model}; a pattern is compared with whole names, such as {kernels[0]}: try '{idle}*'.");
        }
    }

    private RunDirectory CreateDirectory(RunConfiguration configuration, RunData data)
    {
        string name = $"{data.Data.Train.Name}-{configuration.Options.Model}-{configuration.Options.Method}";
        return request.OutputFolder is { } path
            ? RunDirectory.Create(path, configuration)
            : RunDirectory.CreateNumbered(RunsFolder, name, configuration);
    }

    private static double? Resume(Trainer<T> trainer, RunDirectory directory, RunConfiguration configuration)
    {
        if (directory.LoadLast() is { } checkpoint)
        {
            trainer.Resume(checkpoint);
        }

        TrainingState state = trainer.State;
        Console.Error.WriteLine(
            state.Step == 0 ? $"{directory.Path} has no checkpoint yet: its run begins anew."
            : trainer.IsComplete ? $"The run in {directory.Path} is complete."
            : $"Going on with {directory.Path} at step {state.Step} of {trainer.TotalSteps}, epoch {state.Epoch + 1} of {trainer.Options.Epochs}.");
        return directory.ResumeAt(state.Step, configuration, trainer.IsComplete);
    }

    private int Train(Trainer<T> trainer, IBackend<T> backend, RunDirectory directory, RunListener<T> listener, StopSignal stop)
    {
        using StepOracle<T>? check = directory.Configuration.CheckEvery is > 0 and int every
            ? new StepOracle<T>(trainer, backend, every, report => _printer.Line($"{report}"))
            : null;
        trainer.StepWatcher = check;
        if (!trainer.Run(listener, stop.Token))
        {
            return Stop(trainer, directory, stop.Code);
        }

        _printer.Close();
        RunResult result = Result(trainer, backend, listener.LastEpoch, diverged: false);
        directory.WriteResult(result);
        Tell(result, directory);
        return ExitCode.Done;
    }

    private void Tell(RunResult result, RunDirectory directory) =>
        request.Output.Write(result, TrainingJson.Default.RunResult, writer => Summarize(writer, result, directory));

    private int Stop(Trainer<T> trainer, RunDirectory directory, int code)
    {
        _printer.Close();
        if (trainer.IsFinite() && directory.SavedStep != trainer.State.Step)
        {
            directory.SaveLast(trainer.ToCheckpoint());
        }

        Console.Error.WriteLine(
            $"Stopped after step {trainer.State.Step} of {trainer.TotalSteps}. {LastGood(directory)} Go on with: msr train --resume {directory.Path}");
        return code;
    }

    private static string LastGood(RunDirectory directory) => directory.SavedStep is { } step
        ? $"The last good checkpoint is {directory.LastPath}, of step {step}."
        : "There is no checkpoint yet.";

    private CommandFailedException Explain(
        Exception error, Trainer<T> trainer, IBackend<T> backend, RunDirectory directory, RunListener<T> listener)
    {
        Failure failure = Failure.Of(error);
        string advice = "";
        if (failure.Code == ExitCode.Diverged)
        {
            RunResult result = Result(trainer, backend, listener.LastEpoch, diverged: true);
            directory.WriteResult(result);
            request.Output.Write(result, TrainingJson.Default.RunResult, static _ => { });
            string clip = trainer.Options.ClipNorm > 0 ? "" : ", or clip gradients with --clip 1";
            advice = $" Try a smaller --lr than {trainer.Options.PeakRate():G3}{clip}.";
        }

        return new CommandFailedException(failure.Code, $"{failure.Message}{advice} {LastGood(directory)}", error);
    }

    private static RunResult Result(Trainer<T> trainer, IBackend<T> backend, EpochRecord? last, bool diverged)
    {
        TrainingState state = trainer.State;

        // A run that was killed between its last checkpoint and its result has no record in this sitting, but its parameters are here.
        StepReport? test = last is not null ? last.Test : !diverged && trainer.Data.Test is { } set ? trainer.Evaluate(set) : null;
        using Process process = Process.GetCurrentProcess();
        return new RunResult
        {
            Method = trainer.Options.Method,
            Model = trainer.Options.Model,
            Data = trainer.Data.Train.Name,
            Backend = backend.Info.Name,
            Seed = trainer.Options.Seed,
            Threads = backend.Info.Threads,
            Epochs = state.Epoch,
            Steps = state.Step,
            Batch = trainer.Options.Batch,
            TestAccuracy = test?.Accuracy,
            TestLoss = test?.Loss,
            TrainLoss = state.LastEpoch.Samples > 0 ? state.LastEpoch.Loss : null,
            Diverged = diverged,
            Seconds = trainer.Seconds,
            ImagesPerSecond = state.StepSeconds > 0 ? state.Images / state.StepSeconds : 0,
            PeakMemoryBytes = process.PeakWorkingSet64,
            AllocatedBytesPerStep = trainer.AllocatedBytesPerStep,
            MaxSliceMeanRatio = state.MaxSliceMeanRatio,
        };
    }

    private static void Summarize(TextWriter writer, RunResult result, RunDirectory directory)
    {
        writer.WriteLine($"test accuracy {result.TestAccuracy:P2}, test loss {result.TestLoss:F4}, train loss {result.TrainLoss:F4}");
        writer.WriteLine($"{result.Epochs} epochs, {result.Steps} steps in {result.Seconds:F1} s, {result.ImagesPerSecond:F0} images/s");
        writer.WriteLine($"files in {directory.Path}: {string.Join(", ", FileNames(directory))}");
    }

    private static IEnumerable<string> FileNames(RunDirectory directory) =>
        Directory.EnumerateFiles(directory.Path).Select(static file => Path.GetFileName(file)).Where(static name => name[0] != '.').Order(StringComparer.Ordinal);
}
