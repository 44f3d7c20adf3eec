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

/// <summary>
/// He's start for rectified nets in its uniform form, U(−b, b) with b = √(6/fan in), so that the variance is 2/fan in. Source: He et al. 2015,
/// arXiv:1502.01852. Used by the batch-norm baseline.
/// </summary>
public sealed record HeInitializer : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<double> values, ParameterLayout layout, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(layout);
        double fanIn = layout.Exchange.Length / layout.Exchange[0];
        Uniform(values, Math.Sqrt(6 / fanIn), stream);
    }
}

/// <summary>Xavier's uniform start, U(−b, b) with b = √(6/(fan in + fan out)). Source: Glorot and Bengio 2010.</summary>
public sealed record XavierInitializer : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<double> values, ParameterLayout layout, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(layout);
        double fans = layout.Exchange[0] + (double)(layout.Exchange.Length / layout.Exchange[0]);
        Uniform(values, Math.Sqrt(6 / fans), stream);
    }
}

/// <summary>Starts every element at the same value.</summary>
/// <param name="Value">The value.</param>
public sealed record ConstantInitializer(double Value) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Span<double> values, ParameterLayout layout, RandomStream stream) => values.Fill(Value);
}

/// <summary>Over what a kernel's mean is taken away when it starts.</summary>
public enum Centring
{
    /// <summary>Nothing is taken away.</summary>
    None,

    /// <summary>Each slice w[k, c, :, :] loses its own mean: the kernel starts on the isocline. A slice of one tap has none to lose.</summary>
    Slice,

    /// <summary>Each filter of one tap loses its mean over input channels.</summary>
    AcrossInputs,
}
