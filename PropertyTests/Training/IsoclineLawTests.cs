using FsCheck;
using FsCheck.Fluent;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Reference;

namespace PropertyTests.Training;

/// <summary>Law 3 of the method: whatever the gradients, rates and momenta, a kernel that starts on the isocline stays there; and only λ = 1 does it.</summary>
public sealed class IsoclineLawTests
{
    private const double Single = 1.0 / (1 << 24);
    private const double Double = 1.0 / (1L << 53);

    private static Gen<Trajectory> Trajectories { get; } =
        from seed in Gen.Choose(0, int.MaxValue)
        from outer in Gen.Choose(1, 5)
        from taps in Gen.Elements(2, 3, 4, 9, 25)
        from inner in Gen.Choose(1, 19)
        from steps in Gen.Choose(1, 60)
        from rate in Gen.Elements(0.001, 0.05, 0.4, 2.0)
        from momentum in Gen.Elements(0.0, 0.5, 0.9, 0.99)
        from nesterov in Gen.Elements(true, false)
        from decay in Gen.Elements(0.0, 5e-4, 0.05)
        from clip in Gen.Elements(0.0, 0.1, 1.0)
        select new Trajectory((ulong)seed, outer, taps, inner, steps, rate, momentum, nesterov, decay, clip);

    [Fact]
    public void The_reference_holds_the_isocline_in_single_precision() => Holds(new ReferenceBackend<float>(), Single);

    [Fact]
    public void The_reference_holds_the_isocline_in_double_precision() => Holds(new ReferenceBackend<double>(), Double);

    [Fact]
    public void A_weight_below_one_lets_kernels_drift_off() => Fails(0.25, static (backend, g) => backend.Run(new IsoclineProject<float>(g, 0.99)));

    [Fact]
    public void Without_projection_kernels_drift_off() => Fails(1, static (_, _) => { });

    [Fact]
    public void Projecting_over_the_wrong_axis_lets_kernels_drift_off() => Fails(1, static (backend, g) =>
        backend.Run(new IsoclineProject<float>(g.As(new Shape(g.Shape[0] * g.Shape[1], g.Shape[2], 1)), 1)));

    [Fact]
    public void Projecting_whole_filters_lets_kernels_drift_off() => Fails(1, static (backend, g) =>
        backend.Run(new IsoclineProject<float>(g.As(new Shape(g.Shape[0], g.Shape[1] * g.Shape[2], 1)), 1)));

    private static void Holds<T>(IBackend<T> backend, double u)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using (backend)
        {
            Prop.ForAll(Trajectories.ToArbitrary(), trajectory =>
            {
                double worst = trajectory.WorstRatio(backend, u, static (b, g) => b.Run(new IsoclineProject<T>(g, 1)));
                return (worst <= 1).Label($"{trajectory}: |slice mean| is {worst:G4} of its bound");
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(20191129, 1));
        }
    }

    /// <summary>A wrong update must break the law on nearly every trajectory that is long enough to show it.</summary>
    private static void Fails(double leastRatio, Action<IBackend<float>, TensorRef<float>> project)
    {
        using ReferenceBackend<float> backend = new();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Trajectory trajectory = new(seed, 3, 9, 5, 40, 0.4, 0.9, seed % 2 == 0, 5e-4, seed % 3 == 0 ? 1 : 0);
            double worst = trajectory.WorstRatio(backend, Single, project);
            Assert.True(worst > 100 * leastRatio, $"{trajectory}: |slice mean| is only {worst:G4} of its bound");
        }
    }
}
