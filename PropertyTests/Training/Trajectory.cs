using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace PropertyTests.Training;

/// <summary>A generated run of update steps on one kernel [outer, taps, inner], with gradients that carry common mode at least as large as detail.</summary>
internal sealed record Trajectory(
    ulong Seed, int Outer, int Taps, int Inner, int Steps, double Rate, double Momentum, bool Nesterov, double Decay, double Clip)
{
    private int Length => Outer * Taps * Inner;

    /// <summary>
    /// Runs the trajectory and carries, per slice, the theorem's bound on |slice mean| beside it in float64. With avg the mean over taps of a
    /// slice, e the error so far of mean(v) and E that of mean(w), every step adds
    /// G = γ_{n+2}·avg|g| + u·avg|Pg| (projection), 2u·avg|Pg| more where it is clipped (one rounding of the factor's product, and of the factor),
    /// D = G + decay·E + 2u·avg(|Pg| + decay|w|), e ← μ·e + D + 3u·avg(μ|v| + |d|), the step's error S = nesterov ? D + μe + 2u·avg(|d| + μ|v|) : e,
    /// and E ← E + η·S + u·avg(2η|step| + |w|). Products of two roundings are covered by 1.001. E starts at the slice means as they are, and
    /// taking a mean of n taps in float64 errs by (n + 1)·2⁻⁵³·avg|w| itself.
    /// </summary>
    /// <param name="backend">The backend.</param>
    /// <param name="u">Its unit roundoff.</param>
    /// <param name="project">Runs the projection on the gradient [outer, taps, inner].</param>
    /// <returns>The largest |slice mean| / E over slices and steps.</returns>
    public double WorstRatio<T>(IBackend<T> backend, double u, Action<IBackend<T>, TensorRef<T>> project)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Shape shape = new(Outer, Taps, Inner);
        TensorRef<T> New(Shape s) => backend.Allocate<T>(s.Length).View(0, s);
        (TensorRef<T> w, TensorRef<T> g, TensorRef<T> v) = (New(shape), New(shape), New(shape));
        (TensorRef<T> rate, TensorRef<T> gain, TensorRef<T> norm, TensorRef<T> factor) = (New(new(1)), New(new(1)), New(new(1)), New(new(1)));
        double[] weights = Centred(shape);
        Upload(backend, weights, w);
        backend.Run(new Fill<T>(v, T.Zero));
        Upload(backend, [1.0], gain);
        double measuring = (Taps + 1) * Math.ScaleB(1, -53);
        double[] start = Download(backend, w);
        double[] error = [.. SliceAverages(start, static x => x).Zip(SliceAverages(start, Math.Abs), (mean, size) => Math.Abs(mean) + (measuring * size))];
        double[] momentumError = new double[error.Length];
        double worst = 0;
        RandomStream stream = new(Seed);
        for (int step = 0; step < Steps; step++)
        {
            double eta = double.CreateChecked(T.CreateChecked(Rate * (0.25 + stream.Split("rate").Uniform((ulong)step))));
            Upload(backend, [eta], rate);
            Upload(backend, Gradient(stream.Split((ulong)step)), g);
            double[] before = Download(backend, g), oldW = Download(backend, w), oldV = Download(backend, v);
            project(backend, g);
            double[] projected = Download(backend, g);
            if (Clip > 0)
            {
                backend.Run(new SquaredNorms<T>(g.As(new Shape(1, Length)), norm));
                backend.Run(new ClipFactor<T>(norm, factor, Clip));
                backend.Run(new Scale<T>(g, factor));
            }

            backend.Run(new SgdStep<T>(w, g, v, rate, gain, new SgdSettings(Momentum, Nesterov, Decay, 1)));
            double[] newW = Download(backend, w), newV = Download(backend, v);
            double[] g1 = SliceAverages(before, Math.Abs), pg = SliceAverages(projected, Math.Abs), w0 = SliceAverages(oldW, Math.Abs);
            double[] v0 = SliceAverages(oldV, Math.Abs), v1 = SliceAverages(newV, Math.Abs), w1 = SliceAverages(newW, Math.Abs);
            double gamma = (Taps + 2) * u / (1 - ((Taps + 2) * u));
            double[] means = SliceAverages(newW, static x => x);
            for (int slice = 0; slice < error.Length; slice++)
            {
                double d0 = pg[slice] + (Decay * w0[slice]);
                double d = (gamma * g1[slice]) + (3 * u * pg[slice]) + (Decay * error[slice]) + (2 * u * d0);
                momentumError[slice] = (Momentum * momentumError[slice]) + d + (3 * u * ((Momentum * v0[slice]) + d0));
                double taken = Nesterov ? d + (Momentum * momentumError[slice]) + (2 * u * (d0 + (Momentum * v1[slice]))) : momentumError[slice];
                double step1 = d0 + (Momentum * (v0[slice] + v1[slice]));
                error[slice] = 1.001 * (error[slice] + (eta * taken) + (u * ((2 * eta * step1) + w1[slice])));
                worst = Math.Max(worst, Math.Abs(means[slice]) / (error[slice] + (measuring * w1[slice])));
            }
        }

        return worst;
    }

    private static void Upload<T>(IBackend<T> backend, double[] values, TensorRef<T> tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => backend.Upload<T>(Array.ConvertAll(values, T.CreateChecked), tensor);

    private static double[] Download<T>(IBackend<T> backend, TensorRef<T> tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = new T[tensor.Length];
        backend.Download(tensor, values);
        return Array.ConvertAll(values, double.CreateChecked);
    }

    private double[] SliceAverages(double[] x, Func<double, double> map)
    {
        double[] averages = new double[Outer * Inner];
        for (int i = 0; i < x.Length; i++)
        {
            (int outer, int rest) = Math.DivRem(i, Taps * Inner);
            averages[(outer * Inner) + (rest % Inner)] += map(x[i]) / Taps;
        }

        return averages;
    }

    private double[] Centred(Shape shape)
    {
        RandomStream stream = new RandomStream(Seed).Split("weights");
        double[] w = [.. Enumerable.Range(0, (int)shape.Length).Select(i => stream.Uniform((ulong)i) - 0.5)];
        double[] means = SliceAverages(w, static x => x);
        return [.. w.Select((x, i) => x - means[(i / (Taps * Inner) * Inner) + (i % Inner)])];
    }

    private double[] Gradient(RandomStream stream)
    {
        double common = 1 + (20 * stream.Split("common").Uniform(0));
        double[] shift = [.. Enumerable.Range(0, Outer * Inner).Select(i => common * ((2 * stream.Split("shift").Uniform((ulong)i)) - 1))];
        return [.. Enumerable.Range(0, Length).Select(i =>
            shift[(i / (Taps * Inner) * Inner) + (i % Inner)] + (2 * stream.Split("detail").Uniform((ulong)i)) - 1)];
    }
}
