using Msr.Core.Numerics;

namespace Msr.Core.Plans;

/// <summary>How a parameter starts. Values are drawn on the host in float64, in exchange layout, so that every backend starts from the same bits.</summary>
public abstract record Initializer
{
    /// <summary>Whether every slice starts with zero mean.</summary>
    public virtual bool StartsOnIsocline => false;

    /// <summary>Fills a parameter.</summary>
    /// <param name="values">The parameter in exchange layout.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="stream">The parameter's own random stream.</param>
    public abstract void Fill(Span<double> values, ParameterLayout layout, RandomStream stream);

    /// <summary>Draws every element from U(−bound, bound).</summary>
    /// <param name="values">The destination.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="stream">The stream; element i uses its i-th uniform number.</param>
    protected static void Uniform(Span<double> values, double bound, RandomStream stream)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = bound * ((2 * stream.Uniform((ulong)i)) - 1);
        }
    }
}
