using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>Watches the ops of an interpreted plan, whatever its element type.</summary>
internal interface IPlanWatcher
{
    /// <summary>Called before an op runs.</summary>
    void Before<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Called when it has run.</summary>
    void After<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>Lets a watcher of any element type observe an interpreter of one.</summary>
internal sealed class WatcherObserver<T>(IPlanWatcher watcher) : IOpObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public void Before(IBackend<T> backend, Op<T> planned, Op<T> bound) => watcher.Before(backend, planned, bound);

    public void After(IBackend<T> backend, Op<T> planned, Op<T> bound) => watcher.After(backend, planned, bound);
}

/// <summary>A kernel that a plan keeps on the isocline.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Taps">Taps of a slice.</param>
/// <param name="Offset">Where its gradient begins in the block of all gradients.</param>
/// <param name="ToExchange">From canonical order to slices one after the other.</param>
internal sealed record ProjectedKernel(string Name, int Taps, long Offset, Func<double[], double[]> ToExchange);

/// <summary>Keeps every gradient before and after it was projected, by its place in the block of all gradients.</summary>
internal sealed class Projections : IPlanWatcher
{
    private readonly List<(long Offset, double[] Before, double[] After)> _seen = [];

    /// <summary>Forgets what was kept.</summary>
    public void Clear() => _seen.Clear();

    /// <summary>A kernel's gradient before and after its last projection, that of Adam's direction if there are two; none if nothing projected it.</summary>
    public (double[] Before, double[] After)? Of(ProjectedKernel kernel, int length)
    {
        foreach ((long offset, double[] before, double[] after) in _seen.AsEnumerable().Reverse())
        {
            long start = kernel.Offset - offset;
            if (start >= 0 && start + length <= before.Length)
            {
                Range own = (int)start..((int)start + length);
                return (kernel.ToExchange(before[own]), kernel.ToExchange(after[own]));
            }
        }

        return null;
    }

    public void Before<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (bound is IsoclineProject<T> project && planned.Operands[0].Memory is IPlanBuffer { Role: BufferRole.Gradient })
        {
            _seen.Add((planned.Operands[0].Offset, Download(backend, project), []));
        }
    }

    public void After<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (bound is IsoclineProject<T> project && planned.Operands[0].Memory is IPlanBuffer { Role: BufferRole.Gradient })
        {
            _seen[^1] = _seen[^1] with { After = Download(backend, project) };
        }
    }

    private static double[] Download<T>(IBackend<T> backend, IsoclineProject<T> project)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = new T[project.X.Length];
        backend.Download(project.X, values);
        return Array.ConvertAll(values, double.CreateTruncating);
    }
}

/// <summary>
/// Keeps what every ReLU of a run was given. Where an input is within rounding of 0, rounding decides whether the gradient passes, and two
/// correct backends may differ by all of it.
/// </summary>
internal sealed class ReluInputs : IPlanWatcher
{
    private const double Margin = 16;

    private readonly List<double[]> _inputs = [];

    /// <summary>Forgets what was kept.</summary>
    public void Clear() => _inputs.Clear();

    /// <summary>
    /// Whether some ReLU is undecided at a rounding of scale·2⁻²⁴: its input in float64 is not 0, but within 16 times scale times the largest
    /// difference that float32 makes in its layer.
    /// </summary>
    public static bool AreUndecided(ReluInputs single, ReluInputs truth, double scale)
    {
        foreach ((double[] rounded, double[] exact) in single._inputs.Zip(truth._inputs))
        {
            double largest = 0, deviation = 0;
            for (int i = 0; i < exact.Length; i++)
            {
                largest = Math.Max(largest, Math.Abs(exact[i]));
                deviation = Math.Max(deviation, Math.Abs(exact[i] - rounded[i]));
            }

            double near = Margin * scale * (deviation + (Accuracy.Single.UnitRoundoff * largest));
            if (Array.Exists(exact, x => x != 0 && !(Math.Abs(x) > near)))
            {
                return true;
            }
        }

        return false;
    }

    public void Before<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (bound is ReluForward<T> relu)
        {
            T[] values = new T[relu.X.Length];
            backend.Download(relu.X, values);
            _inputs.Add(Array.ConvertAll(values, double.CreateTruncating));
        }
    }

    public void After<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }
}
