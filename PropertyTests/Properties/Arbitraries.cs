using FsCheck;
using FsCheck.Fluent;
using Msr.Conformance.Cases;
using Msr.Conformance.Ops.Convolution;
using Msr.Conformance.Plans;
using Msr.Conformance.Verification;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Numerics;
using Msr.Core.Training;
using PropertyTests.Checkpoints;

namespace PropertyTests.Properties;

/// <summary>How the parameters of properties are drawn, and what a failing one shrinks to.</summary>
public static class Arbitraries
{
    private const int Msr = 0, Block = 0, Perceptron = 1;

    private static Gen<ulong> Seeds => Gen.Choose(0, int.MaxValue).Select(static seed => (ulong)seed);

    /// <summary>
    /// Geometries of convolutions, as the kit draws them: strides, dilation, groups, any padding. They shrink extent by extent to one tap on one
    /// element, and stay valid on the way.
    /// </summary>
    public static Arbitrary<ConvGeometry> Geometries() => Arb.From(
        Convolutions().Generator.Select(static given => ((ConvolutionCase)given.Case).Geometry), Smaller);

    /// <summary>Convolutions and their gradients; they shrink to one tap on one element.</summary>
    public static Arbitrary<Convolution> Convolutions() => Arb.From(
        from kind in Gen.Elements("conv.forward", "conv.backward-data", "conv.backward-filter")
        from seed in Seeds
        select new Convolution(CaseCatalog.Find(kind)!.Generate(seed)),
        static given => Simpler(given.Case).Select(static simpler => new Convolution(simpler)));

    /// <summary>Kernels; they shrink to one slice of the fewest taps.</summary>
    public static Arbitrary<Kernel> Kernels() => Of("isocline.project", static drawn => new Kernel(drawn));

    /// <summary>Trajectories; they shrink to one step on one slice.</summary>
    public static Arbitrary<Trajectory> Trajectories() => Of("isocline.trajectory", static drawn => new Trajectory(drawn));

    /// <summary>
    /// Networks with at least one kernel on the isocline, small enough to be interpreted instruction by instruction. The kit draws the network
    /// and its images; the optimizer is drawn here, more widely than other laws of networks can bear. They shrink to one step of plain
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

    /// <summary>Schedules of every kind; they shrink to one step at a constant rate without warm-up.</summary>
    public static Arbitrary<Course> Courses() => Arb.From(
        from kind in Gen.Elements(Enum.GetValues<ScheduleKind>())
        from warmup in Gen.Choose(0, 99)
        from milestones in Gen.Choose(1, 99).ListOf().Select(static list => list.Take(4).Distinct().Order())
        from factor in Gen.Choose(1, 100)
        from steps in Gen.Choose(1, 200)
        select new Course(
            new Schedule(kind, warmup / 100.0) { Milestones = [.. milestones.Select(static m => m / 100.0)], Factor = factor / 100.0 }, steps),
        Smaller);

    /// <summary>Checkpoints of any bits, ranks and names; they shrink tensor by tensor.</summary>
    public static Arbitrary<Checkpoint> Checkpoints() => CheckpointSamples.Any;

    /// <summary>Images with any augmentation; they shrink to one pixel that nothing happens to.</summary>
    public static Arbitrary<AugmentedImages> Images() => Arb.From(
        from height in Gen.Choose(1, 7)
        from width in Gen.Choose(1, 7)
        from channels in Gen.Choose(1, 3)
        from padding in Gen.Choose(0, 9)
        from flip in Gen.Elements(true, false)
        from seed in Seeds
        select new AugmentedImages(height, width, channels, new Augmentation(flip, padding), seed),
        Smaller);

    /// <summary>Orders; they shrink to the first epoch of one sample.</summary>
    public static Arbitrary<VisitingOrder> Orders() => Arb.From(
        from count in Gen.Choose(1, 300)
        from seed in Seeds
        from epoch in Gen.Choose(0, 50)
        select new VisitingOrder(count, seed, epoch),
        static order => Fewer(order.Count, 1).Select(count => order with { Count = count }).Concat(Fewer(order.Epoch, 0).Select(epoch => order with { Epoch = epoch })));

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

    private static IEnumerable<ConvGeometry> Smaller(ConvGeometry g)
    {
        foreach (Func<ConvGeometry> make in new Func<ConvGeometry>[]
        {
            () => Make(g, groups: 1), () => Make(g, mode: PaddingMode.Zero), () => Make(g, padding: default(Border)), () => Make(g, stride: (1, 1)), () => Make(g, dilation: (1, 1)),
            () => Make(g, c: g.Groups), () => Make(g, k: g.Groups), () => Make(g, r: g.R - 1), () => Make(g, s: g.S - 1), () => Make(g, h: g.H - 1), () => Make(g, w: g.W - 1),
        })
        {
            ConvGeometry? smaller = null;
            try
            {
                smaller = make();
            }
            catch (ArgumentException)
            {
                // Not every smaller extent fits the others.
            }

            if (smaller is not null && smaller != g)
            {
                yield return smaller;
            }
        }
    }

    private static ConvGeometry Make(
        ConvGeometry g, int? h = null, int? w = null, int? c = null, int? k = null, int? r = null, int? s = null,
        (int H, int W)? stride = null, Border? padding = null, (int H, int W)? dilation = null, int? groups = null, PaddingMode? mode = null) =>
        new(h ?? g.H, w ?? g.W, c ?? g.C, k ?? g.K, r ?? g.R, s ?? g.S, stride ?? (g.StrideH, g.StrideW), padding ?? g.Padding,
            dilation ?? (g.DilationH, g.DilationW), groups ?? g.Groups, mode ?? g.Mode);

    private static IEnumerable<Course> Smaller(Course course)
    {
        Schedule schedule = course.Schedule;
        if (schedule.Kind != ScheduleKind.Constant)
        {
            yield return course with { Schedule = schedule with { Kind = ScheduleKind.Constant } };
        }

        if (schedule.Warmup > 0)
        {
            yield return course with { Schedule = schedule with { Warmup = 0 } };
        }

        if (schedule.Milestones.Count > 0)
        {
            yield return course with { Schedule = schedule with { Milestones = [.. schedule.Milestones.Skip(1)] } };
        }

        foreach (int steps in Fewer(course.Steps, 1))
        {
            yield return course with { Steps = steps };
        }
    }

    private static IEnumerable<AugmentedImages> Smaller(AugmentedImages images)
    {
        (Augmentation augmentation, int height, int width, int channels) = (images.Augmentation, images.Height, images.Width, images.Channels);
        return new[]
        {
            images with { Augmentation = augmentation with { Flip = false } },
            images with { Augmentation = augmentation with { CropPadding = augmentation.CropPadding / 2 } },
            images with { Height = Math.Max(1, height - 1) },
            images with { Width = Math.Max(1, width - 1) },
            images with { Channels = Math.Max(1, channels - 1) },
        }.Where(smaller => smaller != images);
    }

    /// <summary>Smaller numbers: the least, the half, one less.</summary>
    private static IEnumerable<int> Fewer(int number, int least) =>
        new[] { least, Math.Max(least, number / 2), number - 1 }.Where(fewer => fewer >= least && fewer < number).Distinct();

    private static bool HasKernels(PlanCase training) => training.BuildPlan<float>().Parameters.Any(static parameter => parameter.OnIsocline);
}
