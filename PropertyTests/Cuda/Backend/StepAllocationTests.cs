using Msr.Core.Backends;
using Msr.Core.Layers;
using Msr.Core.Models;
using Msr.Core.Numerics;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Core.Training;
using Msr.Cuda;
using Msr.Cuda.Interop;
using PropertyTests.Cuda.Emulation;
using PropertyTests.Cuda.Interop;
using PropertyTests.Training;

namespace PropertyTests.Cuda.Backend;

/// <summary>
/// What the backend itself allocates on the host once everything was recorded: nothing. The driver's functions that a recorded step calls do nothing and
/// succeed, because the emulation, unlike a driver, allocates.
/// </summary>
public sealed class StepAllocationTests
{
    private const int Rounds = 30;

    private static readonly string[] s_callsOfAStep =
    [
        "cuCtxSetCurrent", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2", "cuStreamSynchronize", "cuEventRecord", "cuEventSynchronize", "cuGraphLaunch",
    ];

    private static readonly UpdateRule s_sgd = new() { Optimizer = new Sgd(0.9, true, 0, 5e-4), ClipNorm = 1, SlowRateMultiplier = 0.25 };

    private static readonly UpdateRule s_adam = new() { Optimizer = new AdamW(WeightDecay: 5e-4) };

    [Theory]
    [InlineData("resnet8", false)]
    [InlineData("resnet8", true)]
    [InlineData("mlp16", false)]
    public void A_step_after_the_first_allocates_nothing(string model, bool adam)
    {
        // Images of a third of a segment of the staging ring, so that the rounds go through all of it and wait for its events.
        Network net = ModelCatalog.Create(model, new Shape(64, 64, 3), 10, new ModelOptions { Width = 2 });
        using RawCuda raw = RawCuda.Ready();
        CudaLibraries whole = raw.Cuda.Libraries;
        using CudaBackend backend = new(whole with { Driver = new QuietLibrary(whole.Driver, s_callsOfAStep), Cudnn = null }, new CudaOptions());
        using IExecutable<float> executable = backend.Compile(TrainingPlan.Of<float>(net, adam ? s_adam : s_sgd, new PlanSettings(16)), CompileOptions.Default);
        Batch<float> batch = NetworkUnderTest<float>.Images(net, 16, 1);
        Work(executable, batch, 0);
        Work(executable, batch, 1);
        (int launches, int waits) = (QuietLibrary.Launches, QuietLibrary.Waits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < Rounds; round++)
        {
            Work(executable, batch, 2 + round);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);

        // Three parts of steps, a smaller step and an evaluation in each round, in one launch each.
        Assert.Equal(5 * Rounds, QuietLibrary.Launches - launches);
        Assert.True(QuietLibrary.Waits - waits >= 8, "the ring of pinned memory was not used up: the test proved little");
    }

    /// <summary>A step, a step of two batches, a step of a partial batch, an evaluation, and what they report.</summary>
    private static void Work(IExecutable<float> executable, Batch<float> batch, long step)
    {
        batch.Count = 16;
        executable.Step(batch, new StepScalars(step, 0.1, 0, 16));
        executable.Step(batch, new StepScalars(step, 0.1, 0, 32, Begins: true, Updates: false));
        executable.Step(batch, new StepScalars(step, 0.1, 0, 32, Begins: false, Updates: true));
        batch.Count = 3;
        executable.Step(batch, new StepScalars(step, 0.1, 0, 3));
        executable.Evaluate(batch);
        _ = executable.Read();
    }
}
