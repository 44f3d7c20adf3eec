using Msr.Conformance.Faults;
using Msr.Conformance.Subjects;
using Msr.Cpu.Reference;

namespace Msr.Conformance.Verification;

/// <summary>All planted bugs of the kit: known defects that the laws must see, and those that show of each law that it can fail.</summary>
public static class FaultCatalog
{
    /// <summary>Those of each op, in the order of the op table, then those of memory, precision, order of sums and whole steps.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. OpTable.All.SelectMany(static entry => entry.Faults).Distinct(),
        .. MemoryFaults.All,
        .. PrecisionFaults.All,
        .. OrderFaults.All,
        .. StepFaults.All,
    ];

    /// <summary>A fault for each law that the fault matrix does not name alone: a law that cannot fail proves nothing.</summary>
    public static IReadOnlyList<LawWitness> Witnesses { get; } =
    [
        new("adjoint", "conv.forward", WitnessFaults.DataGradientOff),
        new("adjoint", "conv.forward", WitnessFaults.FilterGradientHalved),
        new("gradient", "loss.forward", WitnessFaults.LossGradientOff),
        new("gradient", "batch-norm.forward", WitnessFaults.BatchNormGradientOff),
        new("linearity", "copy", WitnessFaults.CopyAdds),
        new("translation", "pool.max-forward", WitnessFaults.PoolByPlace),
        new("translation", "conv.forward", WitnessFaults.ConvolutionByPlace),
        new("batch-invariance", "matmul", WitnessFaults.ProductByRows),
        new("groups-are-separate", "conv.forward", WitnessFaults.GroupsLeak),
        new("one-by-one-is-matmul", "conv.forward", WitnessFaults.OneTapOff),
        new("padding-is-a-larger-plane", "conv.forward", Named("padding-mode-ignored")),
        new("centred-kernels-ignore-constants", "conv.forward", WitnessFaults.ConvolutionSeesCommonMode),
        new("projection-is-idempotent", "isocline.project", Named("projection-lambda-0.99")),
        new("projection-annihilates-constants", "isocline.project", Named("projection-lambda-0.99")),
        new("projection-does-not-expand", "isocline.project", WitnessFaults.ProjectionExpands),
        new("projection-commutes-with-channels", "isocline.project", WitnessFaults.ProjectionByPlace),
        new("projection-commutes-with-taps", "isocline.project", WitnessFaults.ProjectionByPlace),
        new("projection-commutes-with-averaging", "isocline.project", WitnessFaults.ProjectionNotLinear),
        new("noise-words", "noise.apply", Named("noise-ignores-site")),
        new("noise-of-strength-0-is-silent", "noise.apply", WitnessFaults.NoiseAddsZero),
        new("anchor-is-a-gradient", "norm.anchor", Named("anchor-halved")),
        new("initialisation", "plan.step", WitnessFaults.FiltersTooLarge),
        new("train-is-test", "plan.step", WitnessFaults.NoiseStaysOn),
        new("plan-batch-invariance", "plan.step", Named("noise-by-position")),
        new("plan-any-thread-count", "plan.step", WitnessFaults.StepByThreads),
        new("compiled-is-interpreted", "plan.step", WitnessFaults.RateOff),
        new("step-near-reference", "plan.trajectory", WitnessFaults.RateOff),
        new("accumulated-gradients", "plan.step", WitnessFaults.LastBatchAlone),
        new("resume", "plan.trajectory", WitnessFaults.MomentumLost),
        .. Drifting("isocline", "isocline.trajectory"),
        .. Drifting("plan-isocline", "plan.trajectory"),
    ];

    /// <summary>The fault of a name; none if there is none.</summary>
    /// <param name="name">The name.</param>
    public static Fault? Find(string name) => All.FirstOrDefault(fault => fault.Name == name);

    /// <summary>Every way to leave the isocline.</summary>
    private static IEnumerable<LawWitness> Drifting(string law, string kind) =>
    [
        new(law, kind, Named("projection-lambda-0.99")),
        new(law, kind, Named("projection-skipped")),
        new(law, kind, Named("projection-over-channels")),
        new(law, kind, Named("projection-over-filter")),
        new(law, kind, Named("step-from-unprojected-gradient")),
        new(law, kind, WitnessFaults.DirectionNotProjected) { NeedsAdam = true },
    ];

    private static Fault Named(string name) => Find(name) ?? throw new InvalidOperationException($"There is no fault '{name}'.");
}

/// <summary>A fault by which a law shows that it can fail.</summary>
/// <param name="Law">The law.</param>
/// <param name="Kind">The kind of case that shows it.</param>
/// <param name="Fault">The fault.</param>
public sealed record LawWitness(string Law, string Kind, Fault Fault)
{
    /// <summary>Whether the fault shows with AdamW alone.</summary>
    public bool NeedsAdam { get; init; }

    /// <summary>Opens the reference with the fault on board: in float64 where the law is one of ops, which may need differences.</summary>
    public Subject Open() => OpTable.Find(Kind) is not null ? Plant<double>() : Plant<float>();

    /// <inheritdoc/>
    public override string ToString() => $"{Law} on {Kind} with {Fault}";

    private Subject<T> Plant<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => new(
            new FaultyBackend<T>(new ReferenceBackend<T>(), Fault),
            Fault.NeedsThreads ? threads => new FaultyBackend<T>(new ReferenceBackend<T>(), Fault, threads) : null);
}
