using Msr.Core.Numerics;
using Msr.Core.Plans;

namespace Msr.Core.Layers;

/// <summary>
/// The method's start for a kernel: draw from U(−1, 1), take the mean away, scale each filter to an L2 norm. Uniform, because a normal draw
/// has too many taps near zero. A filter that centring leaves at zero (one input channel, one tap) stays as it was drawn, scaled.
/// </summary>
/// <param name="Centring">Over what the mean is taken.</param>
/// <param name="Magnitude">The L2 norm of each filter.</param>
/// <remarks>Source: arXiv:1911.13173. After the cast to float every slice has |mean| ≤ u·Σ|w|/n.</remarks>
public sealed record KernelInitializer(Centring Centring, double Magnitude = 1) : Initializer
{
    /// <inheritdoc/>
    public override bool StartsOnIsocline => Centring == Centring.Slice;

    /// <inheritdoc/>
    public override void Fill(Span<double> values, ParameterLayout layout, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Uniform(values, 1, stream);
        int filters = layout.Exchange[0];
        int filterLength = values.Length / filters;
        int taps = layout.Exchange[2] * layout.Exchange[3];
        int run = Centring switch { Centring.Slice => taps, Centring.AcrossInputs => filterLength, _ => 1 };
        for (int filter = 0; filter < filters; filter++)
        {
            Span<double> weights = values.Slice(filter * filterLength, filterLength);
            if (run > 1)
            {
                Centre(weights, run);
            }

            ScaleTo(weights, Magnitude);
        }
    }

    private static void Centre(Span<double> weights, int run)
    {
        for (int start = 0; start < weights.Length; start += run)
        {
            Span<double> part = weights.Slice(start, run);
            double mean = 0;
            foreach (double weight in part)
            {
                mean += weight / run;
            }

            foreach (ref double weight in part)
            {
                weight -= mean;
            }
        }
    }

    private static void ScaleTo(Span<double> weights, double magnitude)
    {
        double square = 0;
        foreach (double weight in weights)
        {
            square += weight * weight;
        }

        double factor = magnitude / Math.Sqrt(square);
        foreach (ref double weight in weights)
        {
            weight *= factor;
        }
    }
}
