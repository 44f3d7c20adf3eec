using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cuda;
using Msr.Cuda.Emulation;
using Msr.Cuda.Emulation.Calls;
using Msr.Cuda.Interop;
using PropertyTests.Training;

namespace PropertyTests.Cuda.Backend;

/// <summary>The life of a backend with a net of one convolution: opening, compiling, stepping, evaluating, reading, disposing. Every call of it fails once.</summary>
public sealed class FailureInjectionTests
{
    private const int OutOfMemory = 2;

    private static readonly string[] s_releases = ["Destroy", "Free", "Release", "Unload"];

    private static readonly Network Net = new("one", new Shape(5, 5, 1), 2, new Sequence(new Convolution(2, 3), new Relu(), new MeanPool(), new Linear(2)));

    private static readonly Plan<float> Plan = TrainingPlan.Of<float>(Net, new UpdateRule { ClipNorm = 1 }, new PlanSettings(2));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whichever_call_fails_the_failure_is_told_nothing_leaks_and_everything_can_be_disposed_of(bool hasCudnn)
    {
        EmulationOptions options = new() { HasCudnn = hasCudnn };
        string[] calls;
        int work = 0;
        using (EmulatedCuda whole = new(options))
        {
            Assert.Null(Record.Exception(() => work = Live(whole)));
            Assert.Equal(0, whole.Live.Total);
            Assert.Empty(whole.Faults);
            calls = [.. whole.Calls];
        }

        Assert.True(calls.Length > 100, "the life is too short to prove anything");
        for (int n = 1; n <= calls.Length; n++)
        {
            using EmulatedCuda emulated = new(options.FailAtCall(n, OutOfMemory));
            Exception? error = Record.Exception(() => Live(emulated));
            string place = $"call {n} of {calls.Length}, {calls[n - 1]}";
            Assert.True(emulated.Faults.Count == 0, $"{place}: {emulated.LastFault}");
            if (n > work || IsRelease(calls[n - 1]))
            {
                Assert.True(error is null, $"{place}: a release threw {error}");
                continue;
            }

            Assert.True(error is CudaException { Status: OutOfMemory } failure && failure.Call == calls[n - 1], $"{place}: {error?.ToString() ?? "no exception"}");
            Assert.True(emulated.Live.Total == 0, $"{place}: left {emulated.Live}");
        }
    }

    /// <returns>The number of calls before anything is disposed of.</returns>
    private static int Live(EmulatedCuda emulated)
    {
        using CudaBackend backend = new(emulated.Libraries, new CudaOptions());
        using IExecutable<float> executable = backend.Compile(Plan, CompileOptions.Default);
        NetworkParameters.Initialize(executable, 1);
        Batch<float> batch = NetworkUnderTest<float>.Images(Net, 2, 1);
        executable.Step(batch, new StepScalars(0, 0.1, 0, 2));
        executable.Step(batch, new StepScalars(1, 0.1, 0, 2));
        batch.Count = 1;
        executable.Evaluate(batch);
        _ = executable.Read();
        executable.Recentre();
        backend.Synchronize();
        return emulated.Calls.Count;
    }

    private static bool IsRelease(string call) =>
        s_releases.Any(word => call.Contains(word, StringComparison.Ordinal));
}
