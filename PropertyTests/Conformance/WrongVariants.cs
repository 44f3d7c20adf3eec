using Msr.Conformance.Subjects;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Core.Optimizers;
using Msr.Core.Plans;
using Msr.Cpu.Memory;
using Msr.Cpu.Reference;

namespace PropertyTests.Conformance;

/// <summary>Backends that do one thing wrongly, each with the law that must notice.</summary>
internal static class WrongVariants
{
    /// <summary>Wrong projections, all of which let kernels drift off the isocline.</summary>
    public static IReadOnlyDictionary<string, Func<Subject>> Projections { get; } = new Dictionary<string, Func<Subject>>(StringComparer.Ordinal)
    {
        ["λ = 0.99"] = static () => Float(static (op, on) => op is IsoclineProject<float> p && Run(on, new IsoclineProject<float>(p.X, 0.99))),
        ["no projection"] = static () => Float(static (op, _) => op is IsoclineProject<float>),
        ["mean over input channels"] = static () => Float(static (op, on) => op is IsoclineProject<float> p
            && Run(on, new IsoclineProject<float>(p.X.As(new Shape(p.X.Shape[0] * p.X.Shape[1], p.X.Shape[2], 1)), 1))),
        ["mean over whole filters"] = static () => Float(static (op, on) => op is IsoclineProject<float> p
            && Run(on, new IsoclineProject<float>(p.X.As(new Shape(p.X.Shape[0], p.X.Shape[1] * p.X.Shape[2], 1)), 1))),
        ["an update from the gradient as it was"] = Unprojected,
    };

    /// <summary>AdamW that projects the gradient alone: the direction leaves the isocline again.</summary>
    public static Subject UnprojectedDirection()
    {
        bool directed = false;
        return Float((op, _) =>
        {
            directed = op is AdamDirection<float> || (directed && op is not SgdStep<float>);
            return directed && op is IsoclineProject<float>;
        });
    }

    /// <summary>The law, the kind of case it is tried on, and the wrong backend.</summary>
    public static IReadOnlyDictionary<string, (string Law, string Kind, Func<Subject> Make)> All { get; } =
        new Dictionary<string, (string, string, Func<Subject>)>(StringComparer.Ordinal)
        {
            ["a gradient by the input that is off in one element"] = ("adjoint", "conv.forward", static () => After<ConvBackwardData<double>>(static op => Of(op.Dx)[0] += 1)),
            ["a gradient by the filters of half the size"] = ("adjoint", "conv.forward", static () => After<ConvBackwardFilter<double>>(static op => Each(op.Dw, static w => w / 2))),
            ["a gradient of the loss that is off by 1 %"] = ("gradient", "loss.forward", static () => After<LossBackward<double>>(static op => Each(op.Dlogits, static g => 1.01 * g))),
            ["a batch norm whose gradient forgets the mean"] = ("gradient", "batch-norm.forward", static () => After<BatchNormBackward<double>>(static op => Each(op.Dx, static g => g + 0.25))),
            ["a copy that adds 1"] = ("linearity", "copy", static () => After<Copy<double>>(static op => Of(op.Y)[0] += 1)),
            ["a pool that knows where it is"] = ("translation", "pool.max-forward", static () => After<MaxPoolForward<double>>(static op => ByPlace(op.Y))),
            ["a convolution that knows where it is"] = ("translation", "conv.forward", static () => After<ConvForward<double>>(static op => ByPlace(op.Y))),
            ["a product that depends on the number of rows"] = ("batch-invariance", "matmul", static () => After<MatMul<double>>(static op => Of(op.C)[0] += op.C.Shape[0])),
            ["groups that leak"] = ("groups-are-separate", "conv.forward", static () => After<ConvForward<double>>(static op => Of(op.Y)[0] += op.Geometry.Groups)),
            ["a special path for one tap that is wrong"] = ("one-by-one-is-matmul", "conv.forward", static () => After<ConvForward<double>>(static op => Of(op.Y)[^1] += op.Geometry.Taps == 1 ? 1 : 0)),
            ["borders of zeros in every mode"] = ("padding-is-a-larger-plane", "conv.forward", static () => Double(static (op, on) => op is ConvForward<double> c
                && Run(on, new ConvForward<double>(WithZeros(c.Geometry), c.X, c.W, c.Y, c.Accumulate)))),
            ["kernels that see the common mode"] = ("centred-kernels-ignore-constants", "conv.forward", static () => After<ConvForward<double>>(static op => Each(op.Y, y => y + (1e-6 * Of(op.X)[0])))),
            ["a projection of 99 %, twice"] = ("projection-is-idempotent", "isocline.project", static () => Projecting(static (p, on) => Run(on, new IsoclineProject<double>(p.X, 0.99)))),
            ["a projection of 99 % of a constant"] = ("projection-annihilates-constants", "isocline.project", static () => Projecting(static (p, on) => Run(on, new IsoclineProject<double>(p.X, 0.99)))),
            ["a projection that amplifies"] = ("projection-does-not-expand", "isocline.project", static () => After<IsoclineProject<double>>(static p => Each(p.X, static x => 3 * x))),
            ["a projection that knows the channel"] = ("projection-commutes-with-channels", "isocline.project", static () => After<IsoclineProject<double>>(static p => ByPlace(p.X))),
            ["a projection that knows the tap"] = ("projection-commutes-with-taps", "isocline.project", static () => After<IsoclineProject<double>>(static p => ByPlace(p.X))),
            ["a projection that is not linear"] = ("projection-commutes-with-averaging", "isocline.project", static () => After<IsoclineProject<double>>(static p => Each(p.X, static x => x + (x * x)))),
            ["noise of another site"] = ("noise-words", "noise.apply", static () => Double(static (op, on) => op is NoiseApply<double> n
                && Run(on, new NoiseApply<double>(n.X, n.Samples, n.Step, n.Strength, n.Y, n.Settings with { Site = n.Settings.Site + 1 })))),
            ["noise that adds 0"] = ("noise-of-strength-0-is-silent", "noise.apply", static () => After<NoiseApply<double>>(static op => Each(op.Y, static y => y + 0.0))),
            ["an anchor of half the strength"] = ("anchor-is-a-gradient", "norm.anchor", static () => Double(static (op, on) => op is NormAnchor<double> a
                && Run(on, new NormAnchor<double>(a.W, a.G, a.Strength / 2)))),
            ["filters that start 0.1 % too large"] = ("initialisation", "plan.step", static () => Compiling(write: static (_, value) => value * 1.001f)),
            ["noise that cannot be switched off"] = ("train-is-test", "plan.step", static () => Compiling(static scalars => scalars with { NoiseStrength = 0.1 })),
            ["noise tied to the place in the batch"] = ("plan-batch-invariance", "plan.step", static () => Float(PlacedNoise)),
            ["steps that round otherwise on other threads"] = ("plan-any-thread-count", "plan.step", Threaded),
            ["a compiled rate that is off by 1 %"] = ("compiled-is-interpreted", "plan.step", static () => Compiling(static scalars => scalars with { LearningRate = scalars.LearningRate * 1.01 })),
            ["a rate that is off by 1 %"] = ("step-near-reference", "plan.trajectory", static () => Compiling(static scalars => scalars with { LearningRate = scalars.LearningRate * 1.01 })),
            ["gradients of the last batch alone"] = ("accumulated-gradients", "plan.step", static () => Compiling(static scalars => scalars with { Begins = true })),
            ["momentum that is lost"] = ("resume", "plan.trajectory", static () => Compiling(write: static (part, value) => part == Sgd.MomentumBuffer ? 0 : value)),
            ["a network whose gradients are not projected"] = ("plan-isocline", "plan.trajectory", static () => Float(static (op, _) => op is IsoclineProject<float>)),
        };

    private static Subject<float> Float(Func<Op<float>, ReferenceBackend<float>, bool> run) => new(new WrongBackend<float>(run));

    private static Subject<double> Double(Func<Op<double>, ReferenceBackend<double>, bool> run) => new(new WrongBackend<double>(run));

    private static Subject<double> Projecting(Func<IsoclineProject<double>, ReferenceBackend<double>, bool> run) =>
        Double((op, on) => op is IsoclineProject<double> project && run(project, on));

    private static Subject<float> Compiling(Func<StepScalars, StepScalars>? step = null, Func<ParameterPart, float, float>? write = null) =>
        new(new WrongBackend<float>(static (_, _) => false, inner => new WrongExecutable<float>(inner, step, write)));

    /// <summary>Runs an op of a type rightly, then spoils it.</summary>
    private static Subject<double> After<TOp>(Action<TOp> spoil)
        where TOp : Op<double> => Double((op, on) =>
        {
            if (op is not TOp own)
            {
                return false;
            }

            on.Run(op);
            spoil(own);
            return true;
        });

    private static bool Run<T>(ReferenceBackend<T> on, Op<T> op)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        on.Run(op);
        return true;
    }

    /// <summary>Projects, but updates from what was there before.</summary>
    private static Subject<float> Unprojected()
    {
        List<(TensorRef<float> Place, float[] Before)> kept = [];
        return Float((op, on) =>
        {
            if (op is IsoclineProject<float> project)
            {
                kept.Add((project.X, HostMemory<float>.SpanOf(project.X).ToArray()));
            }
            else if (op is SgdStep<float>)
            {
                kept.ForEach(static pair => pair.Before.CopyTo(HostMemory<float>.SpanOf(pair.Place)));
                kept.Clear();
            }

            return false;
        });
    }

    private static bool PlacedNoise(Op<float> op, ReferenceBackend<float> on)
    {
        if (op is not NoiseApply<float> noise)
        {
            return false;
        }

        Span<int> samples = HostMemory<int>.SpanOf(noise.Samples);
        int[] right = samples.ToArray();
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = i;
        }

        on.Run(op);
        right.CopyTo(samples);
        return true;
    }

    private static Subject<float> Threaded() => new(
        new ReferenceBackend<float>(),
        static _ => new WrongBackend<float>(static (op, on) =>
        {
            if (op is not SgdStep<float> step)
            {
                return false;
            }

            on.Run(op);
            ref float first = ref HostMemory<float>.SpanOf(step.W)[0];
            first = MathF.BitIncrement(first);
            return true;
        }));

    private static Span<double> Of(TensorRef<double> tensor) => HostMemory<double>.SpanOf(tensor);

    private static void Each(TensorRef<double> tensor, Func<double, double> change)
    {
        foreach (ref double value in Of(tensor))
        {
            value = change(value);
        }
    }

    private static void ByPlace(TensorRef<double> tensor)
    {
        Span<double> values = Of(tensor);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += i % 7;
        }
    }

    private static ConvGeometry WithZeros(ConvGeometry g) => new(
        g.H, g.W, g.C, g.K, g.R, g.S, (g.StrideH, g.StrideW), g.Padding, (g.DilationH, g.DilationW), g.Groups);
}
