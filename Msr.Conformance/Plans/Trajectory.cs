using System.Collections.Immutable;
using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Plans;

/// <summary>
/// Runs of update steps on one kernel with arbitrary gradients that carry common mode at least as large as detail: <c>isocline.trajectory</c>.
/// </summary>
internal sealed class TrajectoryEntry : CaseEntry
{
    public static TrajectoryEntry Instance { get; } = new();

    public override string Kind => "isocline.trajectory";

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("out", 1, "output channels"),
        new("taps", 2, "taps of a slice"),
        new("in", 1, "input channels"),
        new("steps", 1, "steps"),
        new("rate", 1, "learning rate") { Denominator = 1000 },
        new("momentum", 0, "momentum; β1 with AdamW") { Default = 0, Denominator = 100 },
        Parameter.Flag("nesterov", "whether the momentum is Nesterov's"),
        new("weight-decay", 0, "weight decay") { Default = 0, Denominator = 10_000 },
        new("clip", 0, "largest gradient norm; 0 for no clipping") { Default = 0, Denominator = 10 },
        Parameter.Choice("optimizer", "optimizer", "sgd", "adamw"),
    ];

    public override IReadOnlyList<Law> Laws { get; } = [new IsoclineLaw()];

    /// <summary>A trajectory makes its own gradients.</summary>
    public override ImmutableArray<ValueClass> ValueClasses { get; } = [ValueClass.Normal];

    public override TestCase Create(CaseDescriptor descriptor) => new TrajectoryCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(
        ("out", draws.Between(1, 5)), ("taps", draws.OneOf(2, 3, 4, 9, 9, 9, 25)), ("in", draws.Between(1, 19)), ("steps", draws.Between(1, 60)),
        ("rate", draws.OneOf(1, 50, 400, 2000)), ("momentum", draws.OneOf(0, 50, 90, 99)), ("nesterov", draws.Between(0, 1)), ("weight-decay", draws.OneOf(0, 5, 500)),
        ("clip", draws.OneOf(0, 1, 10)), ("optimizer", draws.OneOf(0, 0, 1)));
}

/// <summary>A generated run of update steps on one kernel [outer, taps, inner].</summary>
internal sealed class TrajectoryCase(TrajectoryEntry entry, CaseDescriptor descriptor) : TestCase(entry, descriptor)
{
    private int Outer => Parameters["out"];

    private int Taps => Parameters["taps"];

    private int Inner => Parameters["in"];

    private int Length => Outer * Taps * Inner;

    private AdamSettings? Adam => Parameters.Flag("optimizer") ? new AdamSettings(Parameters.Fraction("momentum")) : null;

    private SgdSettings Settings => Adam is null
        ? new SgdSettings(Parameters.Fraction("momentum"), Parameters.Flag("nesterov"), Parameters.Fraction("weight-decay"))
        : new SgdSettings(WeightDecay: Parameters.Fraction("weight-decay"));

    /// <summary>Runs the trajectory on a backend.</summary>
    /// <returns>The largest |slice mean| over its bound, of all slices and steps.</returns>
    public double WorstRatio<T>(IBackend<T> backend)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using Tensors<T> on = new(backend, new Shape(Outer, Taps, Inner));
        RandomStream stream = new(Descriptor.Seed);
        on.Upload(Centred(stream.Split("weights")), on.W);
        backend.Run(new Fill<T>(on.V, T.Zero));
        backend.Run(new Fill<T>(on.SecondMoment, T.Zero));
        on.Upload([1.0], on.Gain);
        IsoclineDrift drift = new(Slices(on.Download(on.W)), Taps, backend.Info.Accuracy.UnitRoundoff, Settings);
        double worst = 0;
        for (int step = 0; step < Parameters["steps"]; step++)
        {
            double rate = double.CreateChecked(T.CreateChecked(Parameters.Fraction("rate") * (0.25 + stream.Split("rate").Uniform((ulong)step))));
            on.Upload([rate], on.Rate);
            on.Upload(Gradient(stream.Split((ulong)step)), on.G);
            worst = Math.Max(worst, drift.Advance(rate, Step(backend, on, step)));
        }

        return worst;
    }

    private KernelStep Step<T>(IBackend<T> backend, Tensors<T> on, int step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] before = Slices(on.Download(on.G)), oldW = Slices(on.Download(on.W)), oldV = Slices(on.Download(on.V));
        backend.Run(new IsoclineProject<T>(on.G, 1));
        double[] projected = Slices(on.Download(on.G));
        if (Parameters.Flag("clip"))
        {
            backend.Run(new SquaredNorms<T>(on.G.As(new Shape(1, Length)), on.Norm));
            backend.Run(new ClipFactor<T>(on.Norm, on.Factor, Parameters.Fraction("clip")));
            backend.Run(new Scale<T>(on.G, on.Factor));
        }

        if (Adam is { } adam)
        {
            (double first, double second) = adam.CorrectionAt(step);
            on.Upload([first, second], on.Correction);
            backend.Run(new AdamDirection<T>(on.G, on.V, on.SecondMoment, on.Correction, on.G, adam));
            (before, oldV) = (Slices(on.Download(on.G)), Slices(on.Download(on.V)));
            backend.Run(new IsoclineProject<T>(on.G, 1));
            projected = Slices(on.Download(on.G));
        }

        backend.Run(new SgdStep<T>(on.W, on.G, on.V, on.Rate, on.Gain, Settings));
        return new KernelStep(before, projected, oldW, oldV, Slices(on.Download(on.W)), Slices(on.Download(on.V)));
    }

    /// <summary>From [outer, taps, inner] to slices one after the other.</summary>
    private double[] Slices(double[] tensor)
    {
        double[] slices = new double[tensor.Length];
        for (int i = 0; i < tensor.Length; i++)
        {
            (int slice, int tap) = Math.DivRem(i, Taps);
            slices[i] = tensor[(slice / Inner * Taps * Inner) + (tap * Inner) + (slice % Inner)];
        }

        return slices;
    }

    private double[] Centred(RandomStream stream)
    {
        double[] w = [.. Enumerable.Range(0, Length).Select(i => stream.Uniform((ulong)i) - 0.5)];
        double[] means = [.. Slices(w).Chunk(Taps).Select(static slice => slice.Average())];
        return [.. w.Select((x, i) => x - means[SliceOf(i)])];
    }

    private double[] Gradient(RandomStream stream)
    {
        double common = 1 + (20 * stream.Split("common").Uniform(0));
        RandomStream shift = stream.Split("shift"), detail = stream.Split("detail");
        return [.. Enumerable.Range(0, Length).Select(i =>
            (common * ((2 * shift.Uniform((ulong)SliceOf(i))) - 1)) + (2 * detail.Uniform((ulong)i)) - 1)];
    }

    private int SliceOf(int i) => (i / (Taps * Inner) * Inner) + (i % Inner);

    /// <summary>The tensors of a trajectory on a backend.</summary>
    private sealed class Tensors<T>(IBackend<T> backend, Shape kernel) : IDisposable
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly DeviceMemory<T> _kernels = backend.Allocate<T>(4 * kernel.Length);
        private readonly DeviceMemory<T> _scalars = backend.Allocate<T>(6);

        public TensorRef<T> W => _kernels.View(0, kernel);

        public TensorRef<T> G => _kernels.View(kernel.Length, kernel);

        public TensorRef<T> V => _kernels.View(2 * kernel.Length, kernel);

        public TensorRef<T> SecondMoment => _kernels.View(3 * kernel.Length, kernel);

        public TensorRef<T> Rate => _scalars.View(0, new Shape(1));

        public TensorRef<T> Gain => _scalars.View(1, new Shape(1));

        public TensorRef<T> Norm => _scalars.View(2, new Shape(1));

        public TensorRef<T> Factor => _scalars.View(3, new Shape(1));

        public TensorRef<T> Correction => _scalars.View(4, new Shape(2));

        public void Upload(double[] values, TensorRef<T> tensor) => backend.Upload<T>(Array.ConvertAll(values, T.CreateChecked), tensor);

        public double[] Download(TensorRef<T> tensor)
        {
            T[] values = new T[tensor.Length];
            backend.Download(tensor, values);
            return Array.ConvertAll(values, double.CreateChecked);
        }

        public void Dispose()
        {
            _kernels.Dispose();
            _scalars.Dispose();
        }
    }
}
