using FsCheck;
using FsCheck.Fluent;
using Msr.Conformance.Cases;
using Msr.Conformance.Plans;
using Msr.Conformance.Verification;

namespace PropertyTests.Properties;

/// <summary>How the parameters of properties are drawn, and what a failing one shrinks to.</summary>
public static class Arbitraries
{
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
            .With("s", steps).With("u", adam).With("r", rate).With("o", momentum).With("v", nesterov).With("g", dampening)
            .With("y", decay).With("l", clip).With("z", noise)),
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
        training.Parameters["m"] == 0 ? [] : [training.With("m", 0).With("c", Math.Max(2, training.Parameters["c"]))];

    /// <summary>With the method, which the kit draws most often, and not a perceptron, which has no kernels.</summary>
    private static PlanCase Small(PlanCase drawn)
    {
        ParameterSet p = drawn.Parameters;
        return drawn.With("t", 0).With("m", p["m"] == 1 ? 0 : p["m"])
            .With("n", Math.Min(3, p["n"])).With("h", Math.Min(6, p["h"])).With("w", Math.Min(6, p["w"])).With("d", Math.Min(2, p["d"])).With("a", Math.Min(2, p["a"]));
    }

    private static bool HasKernels(PlanCase training) => training.BuildPlan<float>().Parameters.Any(static parameter => parameter.OnIsocline);
}
