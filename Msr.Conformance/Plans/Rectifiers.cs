using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;

namespace Msr.Conformance.Plans;

/// <summary>
/// Keeps what every rectifier of a run was given. Where an input is within rounding of 0, rounding decides whether the gradient passes, and two
/// correct backends may differ by all of it.
/// </summary>
internal sealed class Rectifiers : IPlanWatcher
{
    private const double Margin = 16;

    private readonly List<double[]> _inputs = [];

    /// <summary>Forgets what was kept.</summary>
    public void Clear() => _inputs.Clear();

    /// <summary>
    /// Whether some rectifier is undecided at a rounding of scale·2⁻²⁴: its input in float64 is not 0, but within 16 times scale times the largest
    /// difference that float32 makes in its layer.
    /// </summary>
    public static bool AreUndecided(Rectifiers single, Rectifiers truth, double scale)
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
        if (bound is ReluForward<T> rectifier)
        {
            T[] values = new T[rectifier.X.Length];
            backend.Download(rectifier.X, values);
            _inputs.Add(Array.ConvertAll(values, double.CreateTruncating));
        }
    }

    public void After<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }
}
