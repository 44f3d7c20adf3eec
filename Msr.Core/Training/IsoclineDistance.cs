using System.Numerics;
using Msr.Core.Numerics;

namespace Msr.Core.Training;

/// <summary>How far a kernel [K, C, R, S] is from the isocline.</summary>
/// <param name="MaxSliceMean">Largest |slice mean|.</param>
/// <param name="RmsSliceMean">Root mean square of the slice means.</param>
/// <param name="Rms">Root mean square of the whole kernel.</param>
/// <param name="MaxDrift">Largest |slice sum| / (n·u·Σ|w|) with u = 2⁻²⁴: drift in units of float32 rounding.</param>
public sealed record IsoclineDistance(double MaxSliceMean, double RmsSliceMean, double Rms, double MaxDrift)
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Largest |slice mean| over the kernel's rms: what a run reports; 0 on the isocline, 0/0 counts as 0.</summary>
    public double MaxRatio => Rms == 0 ? 0 : MaxSliceMean / Rms;

    /// <summary>Root mean square of slice means over the kernel's rms.</summary>
    public double RmsRatio => Rms == 0 ? 0 : RmsSliceMean / Rms;

    /// <summary>Measures a kernel, in float64.</summary>
    /// <typeparam name="T">The element type of the kernel.</typeparam>
    /// <param name="kernel">The kernel in exchange layout.</param>
    /// <param name="shape">Its shape, [K, C, R, S].</param>
    public static IsoclineDistance Of<T>(ReadOnlySpan<T> kernel, Shape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int taps = shape[2] * shape[3];
        double maxMean = 0, squaredMeans = 0, squares = 0, maxDrift = 0;
        for (int start = 0; start < kernel.Length; start += taps)
        {
            double sum = 0, absolute = 0;
            foreach (T element in kernel.Slice(start, taps))
            {
                double tap = double.CreateChecked(element);
                sum += tap;
                absolute += Math.Abs(tap);
                squares += tap * tap;
            }

            maxMean = Math.Max(maxMean, Math.Abs(sum / taps));
            squaredMeans += sum / taps * (sum / taps);
            maxDrift = Math.Max(maxDrift, absolute == 0 ? 0 : Math.Abs(sum) / (taps * UnitRoundoff * absolute));
        }

        int slices = kernel.Length / taps;
        return new IsoclineDistance(maxMean, Math.Sqrt(squaredMeans / slices), Math.Sqrt(squares / kernel.Length), maxDrift);
    }
}
