using FsCheck;
using FsCheck.Fluent;
using Msr.Conformance.Cases;
using Msr.Conformance.Plans;
using Msr.Conformance.Verification;

namespace PropertyTests.Properties;

/// <summary>How the parameters of properties are drawn, and what a failing one shrinks to.</summary>
public static class Arbitraries
{
    private const int Msr = 0, Block = 0, Perceptron = 1;

    private static Gen<ulong> Seeds => Gen.Choose(0, int.MaxValue).Select(static seed => (ulong)seed);

    /// <summary>Kernels; they shrink to one slice of the fewest taps.</summary>
    public static Arbitrary<Kernel> Kernels() => Of("isocline.project", static drawn => new Kernel(drawn));

    /// <summary>Trajectories; they shrink to one step on one slice.</summary>
    public static Arbitrary<Trajectory> Trajectories() => Of("isocline.trajectory", static drawn => new Trajectory(drawn));

    /// <summary>
    /// Networks with at least one kernel on the isocline, small enough to be interpreted instruction by instruction. The kit draws the network
    /// and its images; the optimiser is drawn here, more widely than other laws of networks can bear. They shrink to one step of plain
    /// gradient descent on one block of one channel.
    /// </summary>
    public static Arbitrary<TrainedNetwork> TrainedNetworks() => Arb.From(
        from seed in Seeds
        from steps in Gen.Choose(1, 4)
        from adam in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Constant(1)))
        from rate in Gen.Elements(1, 10, 50, 200)
        from momentum in Gen.Elements(0, 50, 90, 99)
        from nesterov in Gen.Choose(0, 1)
        from dampening in Gen.Elements(0, 50, 99)
        from decay in Gen.Elements(0, 5, 100)
        from clip in Gen.Elements(0, 1, 10)
        from noise in Gen.Choose(0, 3)
        select new TrainedNetwork(Small((PlanCase)PlanEntry.Trajectory.Generate(seed))
            .With("steps", steps).With("optimizer", adam).With("rate", rate).With("momentum", momentum).With("nesterov", nesterov)
            .With("dampening", dampening).With("weight-decay", decay).With("clip", clip).With("noise", noise)),
        static given => OneBlock(given.Training).Concat(Simpler(given.Case)).Select(static simpler => new TrainedNetwork((PlanCase)simpler))
            .Where(static simpler => HasKernels(simpler.Training)));

    private static Arbitrary<TGiven> Of<TGiven>(string kind, Func<TestCase, TGiven> give)
        where TGiven : GivenCase
    {
        CaseEntry entry = CaseCatalog.Find(kind)!;
        return Arb.From(Seeds.Select(seed => give(entry.Generate(seed))), given => Simpler(given.Case).Select(give));
    }

    /// <summary>The same geometry with standard normal contents, then less geometry.</summary>
    private static IEnumerable<TestCase> Simpler(TestCase given) => given.Descriptor.Values == ValueClass.Normal
        ? given.Smaller()
        : given.Smaller().Prepend(given.Entry.Create(given.Descriptor with { Values = ValueClass.Normal }));

    /// <summary>A single block for a network. It keeps two input channels: what mixes channels does not show in one.</summary>
    private static IEnumerable<TestCase> OneBlock(PlanCase training) =>
        training.Parameters["model"] == Block ? [] : [training.With("model", Block).With("channels", Math.Max(2, training.Parameters["channels"]))];

    /// <summary>Trained by the method, at most as large as an emulated GPU can bear, and no perceptron, which has no kernels.</summary>
    private static PlanCase Small(PlanCase drawn) => new[] { ("batch", 3), ("image.height", 6), ("image.width", 6), ("width", 2), ("batches", 2) }
        .Aggregate(
            drawn.With("method", Msr).With("model", drawn.Parameters["model"] == Perceptron ? Block : drawn.Parameters["model"]),
            static (network, most) => network.With(most.Item1, Math.Min(most.Item2, network.Parameters[most.Item1])));

    private static bool HasKernels(PlanCase training) => training.BuildPlan<float>().Parameters.Any(static parameter => parameter.OnIsocline);
}
